using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A tool that tells of each event as it comes, through a ring buffer.</summary>
internal sealed class EventToolSession : BpfToolSession
{
    private const int MostAtOnce = 256, SmallestRecord = 32;

    private readonly FileDescriptor _map;
    private readonly BpfRingMemory _ring;
    private readonly ToolEvents.Decoder _decode;
    private readonly long _offset = KernelClock.WallClockOffset(KernelClock.BootTimeId);

    public EventToolSession(BpfTool tool, BpfToolOptions options, BpfObject program, ToolEvents.Decoder decode, CancellationToken stop)
        : base(tool, options, program, stop)
    {
        _decode = decode;
        BpfMap events = program.Map("events");
        _map = events.Open();
        try
        {
            _ring = new BpfRingMemory(_map, events.MaximumEntries);
        }
        catch
        {
            _map.Dispose();
            throw;
        }
        WakeFor(_map);
    }

    private protected override void Collect(Queue<object> ready, bool isLast)
    {
        // More than fit have come meanwhile, where the program is still at work.
        long most = isLast ? Options.BufferSize / SmallestRecord : MostAtOnce;
        while (ready.Count < most && _ring.TryRead(out ReadOnlySpan<byte> record))
            ready.Enqueue(_decode(record, _offset));
        if (_ring.IsTakenByAnother)
            throw new BpfBufferBusyException($"map {Object.Map("events").Id}");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        _ring.Dispose();
        _map.Dispose();
    }
}
