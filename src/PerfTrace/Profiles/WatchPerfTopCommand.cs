using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Watch-PerfTop: the functions that run now, interval by interval, as <c>perf top</c> shows them.</summary>
[Cmdlet(VerbsCommon.Watch, "PerfTop", DefaultParameterSetName = CommandSet)]
[OutputType(typeof(PerfTopEntry))]
public sealed class WatchPerfTopCommand : LiveSampleCommand
{
    private static readonly TimeSpan KeyPeriod = TimeSpan.FromMilliseconds(50);

    private readonly OffCpuWeights _offCpu = new();
    private ReportKey[] _keys = [];

    /// <summary>How long an interval is.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What to group by: Command, Process, Thread, Module, Symbol, SourceLine, Cpu, Event, fields of tracepoints, script blocks.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupKeyCompleter))]
    public object[] GroupBy { get; set; } = [nameof(ReportKeyKind.Module), nameof(ReportKeyKind.Symbol)];

    /// <summary>Only threads of these names.</summary>
    [Parameter]
    [Alias("Comm")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] CommandName { get; set; } = [];

    /// <summary>Only functions of these programs, libraries or parts of the kernel.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Module { get; set; } = [];

    /// <summary>Only these functions.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Symbol { get; set; } = [];

    /// <summary>Rows of an interval, from the heaviest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Leaves out what has a smaller share.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double MinPercent { get; set; }

    /// <summary>Inlined functions as if they had been called.</summary>
    [Parameter]
    public SwitchParameter Inline { get; set; }

    /// <summary>Samples of idle CPUs count too.</summary>
    [Parameter]
    public SwitchParameter IncludeIdle { get; set; }

    /// <summary>Writes objects also at a terminal.</summary>
    [Parameter]
    public SwitchParameter NoDisplay { get; set; }

    // What goes on to another cmdlet, into a file or out of a job is objects.
    private bool IsShown => !NoDisplay && LiveScreen.IsThere && MyInvocation.PipelinePosition == MyInvocation.PipelineLength;

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _keys = GroupKeys.Parse(GroupBy);
    }

    /// <summary>As for perf top: all that runs.</summary>
    private protected override CounterTarget? DefaultTarget() => new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online);

    protected override void Watch(PerfSampleStream stream)
    {
        var top = new PerfTop(_keys, new SampleFilter { Commands = CommandName, Modules = Module, Symbols = Symbol }, Inline, IncludeIdle);
        if (IsShown)
            Show(stream, top);
        else
            WriteIntervals(stream, top);
        if (StopToken.IsCancellationRequested)
            return;
        GroupKeys.WriteUnknown(this, top.UnknownKeys);
    }

    private void WriteIntervals(PerfSampleStream stream, PerfTop top)
    {
        using var progress = new WorkProgress(this, "Watching where the time goes", Duration, StopToken);
        Read(stream, top, (interval, _) =>
        {
            foreach (PerfTopEntry row in interval.Rows)
                WriteObject(GroupKeys.WithValues(row));
            WarnOfLoss(stream, isFinal: false);
        }, StopToken, progress);
    }

    // Somebody watches: the rows that were there at the end stay, as objects.
    private void Show(PerfSampleStream stream, PerfTop top)
    {
        IReadOnlyList<PerfTopEntry> last = [];
        using (var screen = new LiveScreen())
        using (var keys = StopKeys.Watch(StopToken))
        {
            var drawing = new PerfTopScreen(_keys, showChildren: CallStack != CallStackMode.None || OffCpu, keys.Key);
            Read(stream, top, (interval, isWhole) =>
            {
                int height = LiveScreen.Height;
                screen.Show(drawing.Draw(interval, stream.Lost, LiveScreen.Width, height, CultureInfo.CurrentCulture));
                if (isWhole || last.Count == 0)
                    last = [.. interval.Rows.Take(height)];
            }, keys.Token);
        }
        // Also after Ctrl-C where that does not end the pipeline.
        foreach (PerfTopEntry row in last)
            WriteObject(GroupKeys.WithValues(row));
    }

    private void Read(PerfSampleStream stream, PerfTop top, Action<PerfTopInterval, bool> take, CancellationToken stop, WorkProgress? progress = null)
    {
        long begin = Stopwatch.GetTimestamp(), end = After(begin, Interval);
        while (!stream.IsEnded && !stop.IsCancellationRequested)
        {
            progress?.Show();
            // Not longer than a key may wait.
            if (stream.TryRead(Math.Min(end, After(Stopwatch.GetTimestamp(), KeyPeriod)), out PerfSample? sample))
                Add(top, sample);
            long now = Stopwatch.GetTimestamp();
            if (now < end)
                continue;
            take(top.End(DateTimeOffset.Now, Stopwatch.GetElapsedTime(begin, now), MinPercent, First), true);
            begin = now;
            // An interval that was late does not make the next one shorter.
            end = After(now, Interval);
        }
        if (!stop.IsCancellationRequested && top.HasSamples)
            take(top.End(DateTimeOffset.Now, Stopwatch.GetElapsedTime(begin), MinPercent, First), false);
    }

    private void Add(PerfTop top, PerfSample sample)
    {
        if (OffCpu)
            _offCpu.Add(sample, top.Add);
        else
            top.Add(sample);
    }

    private static long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * Stopwatch.Frequency);
}
