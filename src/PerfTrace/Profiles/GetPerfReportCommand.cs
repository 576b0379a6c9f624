using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Get-PerfReport: what samples come to, by command, module and function or what else is asked for, as <c>perf report</c> does.</summary>
[Cmdlet(VerbsCommon.Get, "PerfReport", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfReportEntry), typeof(PerfCallTreeNode))]
public sealed class GetPerfReportCommand : ProfileCommand
{
    // What perf report -g leaves out.
    private const double CallTreeMinimum = 0.5;

    private ReportBuilder? _report;
    private CallTreeBuilder? _trees;

    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [DefaultPath];

    /// <summary>What to group by: Command, Process, Thread, Module, Symbol, SourceLine, Cpu, Event, fields of tracepoints, script blocks.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupKeyCompleter))]
    public object[] GroupBy { get; set; } = GroupKeys.Default;

    /// <summary>A tree of who called whom.</summary>
    [Parameter]
    public SwitchParameter CallTree { get; set; }

    /// <summary>The tree from the functions that ran to their callers.</summary>
    [Parameter]
    public SwitchParameter Inverted { get; set; }

    /// <summary>Leaves out what has a smaller share.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? MinPercent { get; set; }

    private protected override string[] Recordings => Path;

    protected override void BeginProcessing()
    {
        ReportKey[] keys = GroupKeys.Parse(GroupBy);
        if (CallTree || Inverted)
            _trees = new CallTreeBuilder(new CallTreeOptions { Labels = keys, Filter = Filter, IsInverted = Inverted, ExpandsInlined = Inline });
        else
            _report = new ReportBuilder(keys, Filter, Inline);
    }

    protected override void Take(PerfSample sample)
    {
        _report?.Add(sample);
        _trees?.Add(sample);
    }

    protected override void Take(FoldedStack stack)
    {
        _report?.Add(stack);
        _trees?.Add(stack);
    }

    protected override void Finish()
    {
        if (WriteUnknownKeys(_report?.UnknownKeys ?? _trees!.UnknownKeys, GroupBy))
            return;
        if (_trees is not null)
            WriteTrees(_trees);
        else
            WriteRows(_report!.Build(MinPercent ?? 0));
    }

    private void WriteTrees(CallTreeBuilder trees)
    {
        foreach (CallTree tree in trees.Trees)
        {
            foreach (PerfCallTreeNode node in tree.Root.Walk(MinPercent ?? CallTreeMinimum))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                WriteObject(node);
            }
        }
    }

    private void WriteRows(IReadOnlyList<PerfReportEntry> rows)
    {
        bool isDefault = GroupBy.Select(static k => k.ToString()).SequenceEqual(GroupKeys.Default.Select(static k => k.ToString()), StringComparer.OrdinalIgnoreCase);
        foreach (PerfReportEntry row in rows)
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(isDefault ? row : GroupKeys.WithValues(new PerfReportGroup(row)));
        }
    }
}
