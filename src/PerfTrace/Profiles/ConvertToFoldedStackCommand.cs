using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>ConvertTo-FoldedStack: samples as lines of the form that the tools around flame graphs exchange.</summary>
[Cmdlet(VerbsData.ConvertTo, "FoldedStack", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class ConvertToFoldedStackCommand : ProfileCommand
{
    private CallTreeBuilder? _trees;

    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [DefaultPath];

    /// <summary>Marks functions of the kernel with <c>_[k]</c>.</summary>
    [Parameter]
    public SwitchParameter MarkKernel { get; set; }

    /// <summary>Marks functions that were made at run time with <c>_[j]</c>.</summary>
    [Parameter]
    public SwitchParameter MarkGenerated { get; set; }

    /// <summary>What the stacks begin with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupKeyCompleter))]
    public object[] GroupBy { get; set; } = [nameof(ReportKeyKind.Command)];

    /// <summary>Counts samples, and not what they stand for.</summary>
    [Parameter]
    public SwitchParameter CountSamples { get; set; }

    private protected override string[] Recordings => Path;

    protected override void BeginProcessing() => _trees = new CallTreeBuilder(new CallTreeOptions
    {
        Labels = GroupKeys.Parse(GroupBy),
        Filter = Filter,
        ExpandsInlined = Inline,
        CountsSamples = CountSamples,
    });

    protected override void Take(PerfSample sample) => _trees!.Add(sample);

    protected override void Take(FoldedStack stack) => _trees!.Add(stack);

    protected override void Finish()
    {
        if (WriteUnknownKeys(_trees!.UnknownKeys, GroupBy))
            return;
        foreach (CallTree tree in _trees.Trees)
        {
            foreach (FoldedStack stack in FoldedStacks.Of(tree, MarkKernel, MarkGenerated))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                WriteObject(stack.ToString());
            }
        }
    }
}
