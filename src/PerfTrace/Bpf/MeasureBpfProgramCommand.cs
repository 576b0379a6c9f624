using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Measure-BpfProgram: how often and how long programs run in a time.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BpfProgram")]
[OutputType(typeof(BpfProgramMeasurement))]
public sealed class MeasureBpfProgramCommand : BpfObjectCommand
{
    private const int ProgressMilliseconds = 500;

    private readonly List<BpfProgramArgument> _programs = [];
    private bool _hasInput;

    /// <summary>The programs: objects, ids, names or tags with wildcards, paths in bpffs; all if nothing is said.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument[]? Program { get; set; }

    /// <summary>How long; until it is stopped if nothing is said.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    protected override void ProcessRecord()
    {
        _hasInput = true;
        _programs.AddRange(Program ?? []);
    }

    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && (!_hasInput || _programs.Count == 0))
            return; // Get-BpfProgram NAME* | Measure-BpfProgram, and there is none
        if (_programs.Count == 0)
            _programs.Add(new BpfProgramArgument("*"));
        try
        {
            // Their own time is short; what is looked up before is not counted.
            BpfProgram[] programs = [.. Resolve(_programs)];
            if (programs.Length == 0)
                return;
            using var meter = new BpfProgramMeter();
            foreach (BpfProgram program in programs)
                Add(meter, program);
            Wait();
            foreach (BpfProgramMeasurement measurement in meter.Measure())
                WriteObject(measurement);
        }
        catch (KernelException e)
        {
            WriteProblem(e, null);
        }
    }

    private void Add(BpfProgramMeter meter, BpfProgram program)
    {
        try
        {
            meter.Add(program);
        }
        catch (KernelException e)
        {
            WriteProblem(e, program);
        }
    }

    private void Wait()
    {
        using var keys = StopKeys.Watch(StopToken);
        long begin = Environment.TickCount64;
        using var progress = new WorkProgress(this, "Measuring BPF programs", Duration, StopToken);
        while (!keys.Token.IsCancellationRequested)
        {
            TimeSpan elapsed = TimeSpan.FromMilliseconds(Environment.TickCount64 - begin);
            TimeSpan left = Duration is { } duration ? duration - elapsed : TimeSpan.MaxValue;
            if (left <= TimeSpan.Zero)
                return;
            keys.Token.WaitHandle.WaitOne((int)Math.Min(ProgressMilliseconds, Math.Ceiling(left.TotalMilliseconds)));
            progress.Show($"{keys.Key} ends the measurement and shows what was counted.");
        }
    }
}
