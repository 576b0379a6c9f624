using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets share that draw flame graphs: how the stacks are put together and how the picture looks.</summary>
public abstract class FlameGraphCommand : ProfileCommand
{
    private CallTreeBuilder? _trees;
    private CallTreeBuilder? _before;

    /// <summary>What stands above the picture.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Pixels.</summary>
    [Parameter]
    [ValidateRange(320, 20_000)]
    public int? Width { get; set; }

    /// <summary>The root at the top.</summary>
    [Parameter]
    public SwitchParameter Icicle { get; set; }

    /// <summary>From the functions that ran to their callers.</summary>
    [Parameter]
    public SwitchParameter Inverted { get; set; }

    /// <summary>Each thread apart.</summary>
    [Parameter]
    public SwitchParameter ByThread { get; set; }

    /// <summary>Counts samples, and not what they stand for.</summary>
    [Parameter]
    public SwitchParameter CountSamples { get; set; }

    /// <summary>Samples, folded stacks or the names of recordings to compare with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Baseline { get; set; }

    /// <summary>Leaves out frames that would be narrower, in pixels.</summary>
    [Parameter]
    [ValidateRange(0.0, 1_000.0)]
    public double MinWidth { get; set; } = 0.1;

    /// <summary>What the colours tell.</summary>
    [Parameter]
    public FlameColoring Color { get; set; }

    private protected FlameGraphOptions Look => new()
    {
        Title = Title ?? (OffCpu ? "Off-CPU flame graph" : Baseline is not null ? "Differential flame graph" : Icicle ? "Icicle graph" : "Flame graph"),
        Width = Width,
        IsIcicle = Icicle,
        MinimumWidth = MinWidth,
        Coloring = Color,
        CountsSamples = CountSamples,
    };

    protected override void BeginProcessing()
    {
        _trees = new CallTreeBuilder(Options());
        if (Baseline is null)
            return;
        _before = new CallTreeBuilder(Options());
        TakeBaseline(Baseline, _before.Add, _before.Add, WriteInvalidInput);
    }

    protected override void Take(PerfSample sample) => _trees!.Add(sample);

    protected override void Take(FoldedStack stack) => _trees!.Add(stack);

    protected override void Finish()
    {
        CallTree? tree = Choose(_trees!.Trees, null);
        if (tree is null)
        {
            WriteNoSamples();
            return;
        }
        Draw(tree, Look with { Baseline = _before is null ? null : Choose(_before.Trees, tree.Event) });
    }

    /// <summary>Draws what came.</summary>
    private protected abstract void Draw(CallTree tree, FlameGraphOptions look);

    // Events can not be summed up: nanoseconds and page faults have no common width.
    private CallTree? Choose(IReadOnlyList<CallTree> trees, string? eventName)
    {
        CallTree? tree = trees.FirstOrDefault(t => eventName is not null && t.Event == eventName) ?? (trees.Count > 0 ? trees[0] : null);
        if (trees.Count > 1)
        {
            WriteWarning($"The samples are of several events ({string.Join(", ", trees.Select(static t => t.Event ?? "folded stacks"))}); "
                + $"the picture is of {tree!.Event ?? "the folded stacks"}. Choose with -Event.");
        }
        return tree;
    }

    private CallTreeOptions Options() => new()
    {
        Labels = ByThread ? [ReportKey.Of(ReportKeyKind.Command), ReportKey.Of(ReportKeyKind.Thread)] : [ReportKey.Of(ReportKeyKind.Command)],
        Filter = Filter,
        IsInverted = Inverted,
        ExpandsInlined = Inline,
        CountsSamples = CountSamples,
    };
}
