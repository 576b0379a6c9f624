using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Watch-BpfPerfBuffer: the records that BPF programs write into the perf buffers of the CPUs, as objects in the order of their times.</summary>
[Cmdlet(VerbsCommon.Watch, "BpfPerfBuffer")]
[OutputType(typeof(BpfPerfRecord))]
public sealed class WatchBpfPerfBufferCommand : BpfBufferCommand
{
    private readonly long _offset = KernelClock.WallClockOffset();

    /// <summary>Bytes of each CPU's buffer.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, 1L << 30)]
    public long? BufferSize { get; set; }

    private protected override BpfBufferReader Open(BpfMap map) => BpfPerfBufferReader.Open(map, BufferSize);

    private protected override object? Wrap(in BpfBufferRecord record, object? value) =>
        new BpfPerfRecord(DateTimeOffset.UnixEpoch.AddTicks(((long)record.Time + _offset) / 100).ToLocalTime(), record.Cpu, value);

    private protected override string LossAdvice(BpfBufferSummary summary) =>
        $"{summary.Lost} records were lost ({string.Join(", ", summary.LostPerCpu)}): "
            + $"they came faster than they were taken. Enlarge the buffers: -BufferSize {2 * summary.BufferSize / 1024}KB.";
}
