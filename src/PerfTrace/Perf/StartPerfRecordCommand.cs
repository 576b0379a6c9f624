using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Start-PerfRecord: records samples of a command, processes, threads, CPUs or control groups into a perf.data file, as <c>perf record</c> does.</summary>
[Cmdlet(VerbsLifecycle.Start, "PerfRecord", DefaultParameterSetName = CommandSet, SupportsShouldProcess = true)]
[OutputType(typeof(PerfRecording))]
public sealed class StartPerfRecordCommand : SamplingCommand
{
    /// <summary>The file; one that is there is kept with .old behind its name.</summary>
    [Parameter]
    [Alias("OutFile", "O")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "perf.data";

    /// <summary>The oldest samples are overwritten, and what is left is written in snapshots.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Events at which a snapshot is written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string[] SnapshotOn { get; set; } = [];

    /// <summary>Compress the records with zstd.</summary>
    [Parameter]
    [Alias("Z")]
    public SwitchParameter Compress { get; set; }

    /// <summary>Begin another file when one has this size, or each time this has passed.</summary>
    [Parameter]
    [OutputSwitchTransformation]
    public OutputSwitch? SwitchOutput { get; set; }

    /// <summary>Return when the recording has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (SnapshotOn.Length > 0 && !Overwrite)
            ThrowUsage("ContradictoryParameters", "-SnapshotOn has a meaning only with -Overwrite: otherwise all samples are written.");
    }

    protected override void EndProcessing()
    {
        IReadOnlyList<PerfEventGroup> groups = ResolveEvents(), triggers = Resolve(SnapshotOn);
        if (groups.Count == 0 || (triggers.Count == 0 && SnapshotOn.Length > 0) || Target() is not { } target)
            return; // each has had its error
        RecordingOptions options = Options(triggers);
        string events = string.Join(", ", groups.SelectMany(static g => g.Events).Select(static e => e.Name));
        if (!ShouldProcess(options.Path, Command is null ? $"Record {events}" : $"Run {Command[0]} and record {events}"))
            return;
        try
        {
            if (PerfRecording.Start(groups, target, options, null, p => WriteProblem(p.Cause, p.Target, p.Id), WriteWarning, VerboseWriter, StopToken) is { } recording)
                Follow(recording, target);
        }
        catch (Exception e) when (e is CommandException or KernelException or ControlGroupException or NotSupportedException)
        {
            WriteProblem(e, Command?[0] ?? (object?)Event);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteProblem(e, Path);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it began: nothing of it is left.
        }
    }

    private RecordingOptions Options(IReadOnlyList<PerfEventGroup> triggers) => new()
    {
        Path = TypedPath.Full(this, Path),
        Sampling = SamplingOptions() with { Overwrite = Overwrite },
        Duration = Duration,
        Delay = Delay,
        Compress = Compress,
        SwitchSize = SwitchOutput?.Size,
        SwitchInterval = SwitchOutput?.Interval,
        SnapshotOn = triggers,
        CommandLine = Command is null ? [MyInvocation.MyCommand.Name] : [MyInvocation.MyCommand.Name, "--", .. Command, .. ArgumentList],
    };

    private void Follow(PerfRecording recording, CounterTarget target)
    {
        PerfRecordings.Add(recording);
        if (!Wait && target is not CounterTarget.Command)
        {
            WriteObject(recording);
            return;
        }
        using var progress = new RecordingProgress(this, recording, StopToken);
        // Without an end of its own it ends when the user says so, and is then told of.
        using var keys = target is CounterTarget.Command || Duration is not null ? null : StopKeys.Watch(StopToken);
        if (!progress.Wait(null, keys?.Token ?? StopToken))
            recording.Stop(isHurried: StopToken.IsCancellationRequested);
        foreach (string warning in recording.Warnings)
            WriteWarning(warning);
        WriteObject(recording);
        if (recording.Error is not null)
            WriteProblem(recording.Error, recording.Path);
    }
}
