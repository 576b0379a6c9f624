using System.Buffers.Binary;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>Makes call stacks of the address lists of samples, and follows what the processes map so that the addresses get names.</summary>
internal sealed class StackNames(SystemPaths paths, IKernelSymbols kernel)
{
    // enum perf_callchain_context: marks between the addresses, near the top of the address space.
    private const ulong FirstMark = unchecked((ulong)-4095);
    private const ulong KernelMark = unchecked((ulong)-128);

    private readonly Dictionary<int, AddressSpace> _spaces = [];
    private readonly AddressNames _names = new(kernel);

    public EventStack Stack(int processId, ReadOnlySpan<ulong> chain)
    {
        var addresses = new ulong[chain.Length];
        int count = 0, kernelCount = 0;
        bool isKernel = false;
        foreach (ulong address in chain)
        {
            if (address >= FirstMark)
            {
                isKernel = address == KernelMark;
                continue;
            }
            // The frame pointer of code that keeps none leads to addresses in the zero page.
            if (address < 4096)
                continue;
            addresses[count++] = address;
            if (isKernel)
                kernelCount = count;
        }
        AddressSpace space = SpaceOf(processId);
        return new EventStack(addresses[..count], kernelCount, (a, isInKernel) => isInKernel ? _names.OfKernel(a) : _names.Of(space, a));
    }

    /// <summary>Notes what a process has mapped before the stream begins: when its first stack is read it may be gone.</summary>
    public void Learn(int processId) => SpaceOf(processId);

    /// <summary>PERF_RECORD_MMAP2: struct { header; u32 pid, tid; u64 addr, len, pgoff; 24 bytes; u32 prot, flags; char filename[]; sample_id }.</summary>
    public void Map(ReadOnlySpan<byte> record)
    {
        const int NameOffset = 72;
        if (record.Length <= NameOffset)
            return;
        ReadOnlySpan<byte> name = record[NameOffset..];
        int end = name.IndexOf((byte)0);
        SpaceOf(BinaryPrimitives.ReadInt32LittleEndian(record[8..])).Add(
            BinaryPrimitives.ReadUInt64LittleEndian(record[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[32..]),
            Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
    }

    /// <summary>A process has begun another program; the stacks of the former keep what they had.</summary>
    public void Exec(int processId) => _spaces[processId] = new AddressSpace();

    /// <summary>A child has what its parent has.</summary>
    public void Fork(int processId, int parentId)
    {
        if (processId != parentId && _spaces.TryGetValue(parentId, out AddressSpace? space))
            _spaces[processId] = space.Copy();
    }

    private AddressSpace SpaceOf(int processId)
    {
        if (!_spaces.TryGetValue(processId, out AddressSpace? space))
            _spaces.Add(processId, space = AddressSpace.Read(paths, processId));
        return space;
    }
}
