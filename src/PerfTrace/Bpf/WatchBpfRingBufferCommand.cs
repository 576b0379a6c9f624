using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Watch-BpfRingBuffer: the records that BPF programs write into a ring buffer, as objects.</summary>
[Cmdlet(VerbsCommon.Watch, "BpfRingBuffer")]
[OutputType(typeof(BtfValue))]
public sealed class WatchBpfRingBufferCommand : BpfBufferCommand
{
    /// <summary>The map in which the programs count what found no room: the kernel does not count it.</summary>
    [Parameter]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfMapCompleter))]
    public BpfMapArgument? LostMap { get; set; }

    /// <summary>The counter's key in that map.</summary>
    [Parameter]
    public uint LostKey { get; set; }

    private protected override BpfBufferReader Open(BpfMap map)
    {
        BpfMap? lost = LostMap is null ? null : LostMap.Resolve() is [var found, ..] ? found : throw new BpfObjectNotFoundException(BpfObjectKind.Map, LostMap.ToString(), []);
        return BpfRingBufferReader.Open(map, lost, LostKey);
    }

    private protected override object? Wrap(in BpfBufferRecord record, object? value) => value;

    private protected override string LossAdvice(BpfBufferSummary summary) =>
        summary.Lost is { } lost
            ? $"{lost} records were lost: they came faster than they were taken. Enlarge the ring buffer (now {summary.BufferSize / 1024} KiB) or let the program write less."
            : $"The ring buffer was full ({summary.PeakBytes} of {summary.BufferSize} bytes): records may have been lost. The kernel does not count them; where the program does, give that map as -LostMap.";
}
