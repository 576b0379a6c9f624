using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Compare-PerfReport: what takes a greater or a smaller share of the time than before, as <c>perf diff</c> does.</summary>
[Cmdlet(VerbsData.Compare, "PerfReport", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfReportDifference))]
public sealed class ComparePerfReportCommand : ProfileCommand
{
    private readonly List<PerfReportEntry> _entriesBefore = [], _entries = [];
    private ReportBuilder? _before, _report;

    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [DefaultPath];

    /// <summary>What to compare with: rows of Get-PerfReport, samples, folded stacks, or the names of recordings.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public object[] Baseline { get; set; } = [];

    /// <summary>What samples are grouped by; rows of Get-PerfReport are so already.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupKeyCompleter))]
    public object[] GroupBy { get; set; } = [nameof(ReportKeyKind.Module), nameof(ReportKeyKind.Symbol)];

    /// <summary>What occurrences of the baseline and of the others count for in WeightedDifference.</summary>
    [Parameter]
    [ValidateCount(2, 2)]
    public long[] Weight { get; set; } = [1, 1];

    private protected override string[] Recordings => Path;

    protected override void BeginProcessing()
    {
        _report = new ReportBuilder(GroupKeys.Parse(GroupBy), Filter, Inline);
        _before = new ReportBuilder(GroupKeys.Parse(GroupBy), Filter, Inline);
        TakeBaseline(Baseline, _before.Add, _before.Add, _entriesBefore.Add);
    }

    protected override void Take(PerfSample sample) => _report!.Add(sample);

    protected override void Take(FoldedStack stack) => _report!.Add(stack);

    protected override void Take(PerfReportEntry entry) => _entries.Add(entry);

    protected override void Finish()
    {
        // Beside nothing everything would have grown.
        if (IsUnread)
            return;
        if (WriteUnknownKeys(_report!.UnknownKeys.Intersect(_before!.UnknownKeys), GroupBy))
            return;
        foreach (PerfReportDifference difference in ReportComparison.Compare(_entriesBefore.Concat(_before!.Build()), _entries.Concat(_report!.Build()), Weight[0], Weight[1]))
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(difference);
        }
    }
}
