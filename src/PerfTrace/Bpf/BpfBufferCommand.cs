using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>What watching ring buffers and perf buffers have in common.</summary>
public abstract class BpfBufferCommand : BpfObjectCommand
{
    // What comes to less than a quarter of a perf buffer wakes nobody up. Nobody notices so long.
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(50);

    private BpfBufferReader? _reader;
    private long _short;

    /// <summary>The buffer's map: its object, id, name, or a path in bpffs.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfMapCompleter))]
    public BpfMapArgument? Map { get; set; }

    /// <summary>The type of the records: its name, in the type information of the map, of its programs or of the kernel, or an object of Get-BtfType.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(BtfTypeCompleter))]
    public BtfTypeArgument? Type { get; set; }

    /// <summary>End after so many records.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    /// <summary>How long to watch.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>The name of a variable that gets the summary: how many records came, how many were lost.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    protected override void ProcessRecord()
    {
        BpfMap[] maps = [.. Resolve([Map!])];
        if (maps.Length == 0)
            return; // it has had its error
        if (maps.Length > 1)
        {
            ThrowUsage("AmbiguousMap", $"'{Map}' is {maps.Length} maps ({string.Join(", ", maps.Take(5).Select(static m => m.Id))}): one is watched at a time.", Map);
            return;
        }
        try
        {
            BtfValueReader? values = (Type is null ? BpfBufferTypes.OfValues(maps[0]) : Type.Resolve(maps[0])) is { } type ? BtfValueReader.For(type) : null;
            using BpfBufferReader reader = Open(maps[0]);
            _reader = reader;
            using CancellationTokenRegistration stop = StopToken.Register(reader.Stop);
            WriteVerbose($"Reading map {maps[0].Id} ({maps[0].Name}), {reader.Summary.BufferSize / 1024} KiB, as {values?.Type?.TypeName ?? "bytes"}.");
            Watch(reader, values);
            End(reader, values);
        }
        catch (Exception e) when (IsProblem(e) || e is BpfBufferTypeException or BpfLossCounterException)
        {
            WriteProblem(e, Map);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _reader?.Dispose();
        base.Dispose(disposing);
    }

    private protected abstract BpfBufferReader Open(BpfMap map);

    /// <summary>The object of a record.</summary>
    private protected abstract object? Wrap(in BpfBufferRecord record, object? value);

    /// <summary>What the kernel does not tell and the user can do about it.</summary>
    private protected abstract string LossAdvice(BpfBufferSummary summary);

    private void Watch(BpfBufferReader reader, BtfValueReader? values)
    {
        const int LookAtClock = 256;
        long left = MaxEvents, start = Stopwatch.GetTimestamp();
        using var progress = new WorkProgress(this, $"Watching {Map}", Duration, StopToken);
        while (true)
        {
            int sinceLook = 0;
            progress.Show(MaxEvents - left, MaxEvents, "records");
            while (left > 0 && reader.TryRead(out BpfBufferRecord record))
            {
                left -= Write(record, values) ? 1 : 0;
                if (++sinceLook % LookAtClock == 0 && (reader.IsStopped || IsOver(start) || progress.IsDue))
                    break;
            }
            if (left == 0 || reader.IsStopped)
                break;
            if (IsOver(start))
            {
                // What came within the time still belongs to it; what comes now does not.
                reader.Finish();
                long rest = Math.Min(left, reader.Summary.BufferSize);
                while (rest-- > 0 && reader.TryRead(out BpfBufferRecord record))
                    _ = Write(record, values);
                return;
            }
            TimeSpan? remaining = Duration - Stopwatch.GetElapsedTime(start);
            TimeSpan? longest = reader is BpfPerfBufferReader ? PollPeriod : Duration is null && MaxEvents == long.MaxValue ? null : WorkProgress.LongestWait;
            reader.Wait(longest is not null && (remaining is null || remaining > longest) ? longest : remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining);
        }
        reader.Finish();
    }

    private bool IsOver(long start) => Duration is { } duration && Stopwatch.GetElapsedTime(start) >= duration;

    private bool Write(in BpfBufferRecord record, BtfValueReader? values)
    {
        if (values is not null && record.Data.Length < values.Size)
        {
            _short++;
            return false;
        }
        WriteObject(Wrap(record, values is null ? record.Data.ToArray() : values.Read(record.Data)));
        return true;
    }

    private void End(BpfBufferReader reader, BtfValueReader? values)
    {
        BpfBufferSummary summary = reader.Summary with { Undecodable = reader.Summary.Undecodable + _short };
        if (_short > 0)
            WriteWarning($"{_short} records are shorter than a {values!.Type!.TypeName} ({values.Size} bytes) and were left out. Without -Type they come as bytes.");
        if (summary.Lost is > 0 || (summary.Lost is null && summary.IsLossPossible))
            WriteWarning(LossAdvice(summary));
        WriteVerbose($"{summary} in {summary.Elapsed.TotalSeconds:0.000} s.");
        if (SummaryVariable is not null)
            SessionState.PSVariable.Set(SummaryVariable, summary);
    }
}
