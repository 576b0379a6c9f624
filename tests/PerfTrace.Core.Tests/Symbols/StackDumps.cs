using System.Buffers.Binary;
using System.Text;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Symbols;

/// <summary>The samples of a recording of one process by <c>perf record --call-graph dwarf</c>, and what the process had mapped.</summary>
internal sealed class StackDumps : IUnwindMappings
{
    private readonly SymbolStore _store;
    private readonly List<(ulong Start, ulong End, ulong Offset, CodeModule Module)> _mappings = [];
    private readonly Dictionary<string, CodeModule> _modules = [];
    private readonly List<(ulong Time, ulong Start, ulong Length, ulong Offset, string Path)> _mapped = [];

    private StackDumps(SymbolStore store) => _store = store;

    public List<Sample> Samples { get; } = [];

    internal sealed record Sample(ulong Time, int ProcessId, int ThreadId, bool Is32Bit, ulong[] Registers, byte[] Stack);

    public ulong Mask { get; private set; }

    public static StackDumps Read(string path, string program, SymbolStore store)
    {
        var dumps = new StackDumps(store);
        byte[] head = File.ReadAllBytes(path)[..4096];
        // struct perf_file_header: the attributes' section is at 24; sample_regs_user is at 80 of an attribute.
        dumps.Mask = BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan((int)BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(24)) + 80));
        using PerfDataReader reader = PerfDataReader.Open(File.OpenRead(path));
        PerfSampleFormat format = reader.Attributes[0].SampleType;
        reader.SeekToRecords();
        var processes = new HashSet<int>();
        while (reader.TryNext(out PerfDataRecord record))
        {
            ReadOnlySpan<byte> bytes = record.Bytes.Slice(0, record.Bytes.Length);
            if (record.Type == (uint)PerfRecordType.Comm && Text(bytes[16..]) == program)
                processes.Add(BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
            else if (record.Type == (uint)PerfRecordType.Mmap2 && processes.Contains(BinaryPrimitives.ReadInt32LittleEndian(bytes[8..])))
                dumps._mapped.Add((0, Word(bytes, 16), Word(bytes, 24), Word(bytes, 32), Text(bytes[72..])));
            else if (record.Type == (uint)PerfRecordType.Sample)
                dumps.Add(bytes, format);
        }
        dumps.Samples.RemoveAll(s => !processes.Contains(s.ProcessId));
        dumps.Samples.Sort((a, b) => a.Time.CompareTo(b.Time));
        foreach ((_, ulong start, ulong length, ulong offset, string file) in dumps._mapped)
            dumps.Map(start, length, offset, file);
        return dumps;
    }

    public (CodeModule Module, ulong Place)? Find(ulong address)
    {
        foreach ((ulong start, ulong end, ulong offset, CodeModule module) in _mappings)
        {
            if (address >= start && address < end)
                return (module, address - start + offset);
        }
        return null;
    }

    private void Map(ulong start, ulong length, ulong offset, string path)
    {
        if (!_modules.TryGetValue(path, out CodeModule? module))
            _modules.Add(path, module = new CodeModule(_store, path, path == "[vdso]" ? CodeModuleKind.Vdso : path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) ? CodeModuleKind.File : CodeModuleKind.Unknown));
        _mappings.RemoveAll(m => m.Start < start + length && m.End > start);
        _mappings.Add((start, start + length, offset, module));
    }

    private void Add(ReadOnlySpan<byte> b, PerfSampleFormat format)
    {
        int at = 8;
        ulong time = 0;
        int process = 0, thread = 0;
        foreach (PerfSampleFormat field in (PerfSampleFormat[])[PerfSampleFormat.Identifier, PerfSampleFormat.Ip, PerfSampleFormat.Tid, PerfSampleFormat.Time, PerfSampleFormat.Address,
            PerfSampleFormat.Id, PerfSampleFormat.StreamId, PerfSampleFormat.Cpu, PerfSampleFormat.Period])
        {
            if (!format.HasFlag(field))
                continue;
            if (field == PerfSampleFormat.Tid)
                (process, thread) = (BinaryPrimitives.ReadInt32LittleEndian(b[at..]), BinaryPrimitives.ReadInt32LittleEndian(b[(at + 4)..]));
            else if (field == PerfSampleFormat.Time)
                time = Word(b, at);
            at += 8;
        }
        if (format.HasFlag(PerfSampleFormat.CallChain))
            at += 8 + (8 * (int)Word(b, at));
        ulong abi = Word(b, at);
        at += 8;
        if (abi == 0)
            return;
        var registers = new ulong[System.Numerics.BitOperations.PopCount(Mask)];
        for (int i = 0; i < registers.Length; i++, at += 8)
            registers[i] = Word(b, at);
        int size = (int)Word(b, at);
        int dynamic = size == 0 ? 0 : (int)Word(b, at + 8 + size);
        Samples.Add(new Sample(time, process, thread, abi == 1, registers, b.Slice(at + 8, dynamic).ToArray()));
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
}
