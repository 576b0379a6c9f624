using System.Buffers.Binary;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>Makes call stacks of the records <c>ftrace:kernel_stack</c> and <c>ftrace:user_stack</c>, which follow the event that they are of.</summary>
internal sealed class TraceStacks(SystemPaths paths, IKernelSymbols kernel)
{
    /// <summary>A process maps files while it runs: what was read of it is not kept for long.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // kernel/trace/trace.c puts it in the place of ftrace's own trampolines.
    private const ulong Trampoline = int.MaxValue;

    private readonly Dictionary<int, (AddressSpace Space, long ReadAt)> _spaces = [];
    private readonly AddressNames _names = new(kernel);

    /// <summary>A stack of the kernel's and the program's frames, either of which may be empty.</summary>
    public EventStack Stack(IReadOnlyList<ulong> kernelFrames, IReadOnlyList<ulong> userFrames, int processId)
    {
        AddressSpace? space = userFrames.Count == 0 ? null : SpaceOf(processId);
        return new EventStack([.. kernelFrames, .. userFrames], kernelFrames.Count, (address, isKernel) =>
            !isKernel ? _names.Of(space!, address) : address == Trampoline ? "[FTRACE TRAMPOLINE]" : _names.OfKernel(address));
    }

    /// <summary>The frames of a record: addresses from an offset on, up to a number of them or a mark.</summary>
    public static List<ulong> Frames(ReadOnlySpan<byte> record, int offset, int most)
    {
        var frames = new List<ulong>();
        for (int at = offset; at + sizeof(ulong) <= record.Length && frames.Count < most; at += sizeof(ulong))
        {
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(record[at..]);
            if (address is ulong.MaxValue or 0)
                break;
            frames.Add(address);
        }
        return frames;
    }

    private AddressSpace SpaceOf(int processId)
    {
        long now = Environment.TickCount64;
        if (!_spaces.TryGetValue(processId, out var known) || now - known.ReadAt > Freshness.TotalMilliseconds)
            _spaces[processId] = known = (AddressSpace.Read(paths, processId), now);
        return known.Space;
    }
}
