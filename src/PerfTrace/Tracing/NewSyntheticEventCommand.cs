using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-SyntheticEvent: an event that histograms make, from fields that are named or between two events.</summary>
[Cmdlet(VerbsCommon.New, "SyntheticEvent", SupportsShouldProcess = true, DefaultParameterSetName = FieldSet)]
[OutputType(typeof(SyntheticEvent))]
public sealed class NewSyntheticEventCommand : TraceInstanceCommand
{
    private const string FieldSet = "Field", PairSet = "Pair";

    /// <summary>The event's name.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Type and name of each field ('u64 lat', 'char comm[16]'); between two events names of fields of the second.</summary>
    [Parameter(ParameterSetName = FieldSet, Position = 1, Mandatory = true)]
    [Parameter(ParameterSetName = PairSet)]
    [ValidateNotNullOrEmpty]
    public string[] Field { get; set; } = [];

    /// <summary>The first of two events.</summary>
    [Parameter(ParameterSetName = PairSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string? Start { get; set; }

    /// <summary>The second of two events.</summary>
    [Parameter(ParameterSetName = PairSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string? End { get; set; }

    /// <summary>The field that both have in common; where the names differ FIRST=SECOND.</summary>
    [Parameter(ParameterSetName = PairSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? Key { get; set; }

    /// <summary>Which of the first events count, in the kernel's filter language.</summary>
    [Parameter(ParameterSetName = PairSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? StartFilter { get; set; }

    /// <summary>Which of the second events count, in the kernel's filter language.</summary>
    [Parameter(ParameterSetName = PairSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? EndFilter { get; set; }

    /// <summary>It stays when the session ends.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (ParameterSetName == PairSet)
                MakeBetween();
            else if (ShouldProcess(Name, $"Make the synthetic event with {string.Join("; ", Field)}"))
                WriteObject(SyntheticEvents.Create(SystemPaths.Default, Name, Field, Persistent, VerboseWriter));
        }
        catch (Exception e) when (IsProblem(e) || e is TraceHistogramSyntaxException)
        {
            WriteProblem(e, Name);
        }
    }

    private void MakeBetween()
    {
        if (FindTarget() is not { } target)
            return;
        if (Persistent && !TopLevel && (string.IsNullOrEmpty(Instance) || target.LookUp.IsOwned))
            ThrowUsage("PersistentNeedsPlace", "The histograms that make the event can not stay in an instance of this session's, which goes with it: say -TopLevel, or -Instance and one that stays.", Instance);
        string[] keys = Key!.Split('=', 2, StringSplitOptions.TrimEntries);
        var request = new SyntheticPairRequest(Name, Start!, keys[0], End!, keys[^1], Field) { StartFilter = StartFilter, EndFilter = EndFilter };
        if (ShouldProcess($"{Name} in {target.Description}", $"Make the synthetic event and histograms of {Start} and {End}"))
        {
            SyntheticEvents.RequireSupport(SystemPaths.Default);
            WriteObject(SyntheticPairs.Create(target.Open(), request, Persistent, VerboseWriter));
        }
    }
}
