using PerfTrace.Interop;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>Ten counters of the calling thread with the system calls alone, as a C program would make them.</summary>
internal sealed unsafe class RawCounters
{
    private readonly PerfEventAttr[] _attributes;
    private readonly bool _isGroup;
    private readonly int[] _descriptors;

    public RawCounters(IEnumerable<PerfEvent> events, bool isGroup)
    {
        _attributes = [.. events.Select(static e => e.Attributes)];
        _isGroup = isGroup;
        _descriptors = new int[_attributes.Length];
        for (int i = 0; i < _attributes.Length; i++)
        {
            _attributes[i].Size = PerfEventAttr.StructureSize;
            _attributes[i].SampleType = PerfSampleFormat.Identifier;
            CounterSet.Prepare(ref _attributes[i], isLeader: !isGroup || i == 0, isGroup, inherit: true, enableOnExec: false);
        }
    }

    /// <summary>Opens, enables, reads and closes. Returns what the first read gave, so that nothing is left out.</summary>
    public ulong OpenReadClose()
    {
        ulong* buffer = stackalloc ulong[64];
        const int BufferSize = 64 * sizeof(ulong);
        fixed (PerfEventAttr* attributes = _attributes)
        {
            for (int i = 0; i < _descriptors.Length; i++)
            {
                int group = _isGroup && i > 0 ? _descriptors[0] : -1;
                _descriptors[i] = (int)NativeMethods.SystemCall(
                    SystemCallNumbers.PerfEventOpen, (nint)(attributes + i), 0, -1, group, (nint)PerfOpenFlags.CloseOnExec);
                if (_descriptors[i] < 0)
                    throw new InvalidOperationException($"perf_event_open failed for counter {i}.");
            }
        }
        int leaders = _isGroup ? 1 : _descriptors.Length;
        for (int i = 0; i < leaders; i++)
            _ = NativeMethods.IoControl(_descriptors[i], PerfIoctl.Enable, _isGroup ? PerfIoctl.WholeGroup : 0);
        ulong first = 0;
        for (int i = 0; i < leaders; i++)
        {
            if (NativeMethods.Read(_descriptors[i], buffer, BufferSize) <= 0)
                throw new InvalidOperationException($"Counter {i} could not be read.");
            first += buffer[0];
        }
        foreach (int fd in _descriptors)
            _ = NativeMethods.Close(fd);
        return first;
    }
}
