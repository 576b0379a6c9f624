using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Get-PerfEvent: the events that perf_event_open(2) can count here, as <c>perf list</c> lists them.</summary>
[Cmdlet(VerbsCommon.Get, "PerfEvent")]
[OutputType(typeof(PerfEvent))]
public sealed class GetPerfEventCommand : PerfTraceCommand
{
    private static readonly PerfEventKind[] AllKinds = Enum.GetValues<PerfEventKind>();

    private readonly HashSet<string> _pmus = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names with wildcards, or event strings to resolve.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only events of these kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PerfEventKind[] Kind { get; set; } = AllKinds;

    /// <summary>Only events of these PMUs.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PmuNameCompleter))]
    public string[]? Pmu { get; set; }

    /// <summary>Only events that this machine counts for this user; each is opened to find out.</summary>
    [Parameter]
    public SwitchParameter Supported { get; set; }

    protected override void ProcessRecord()
    {
        EventCatalogue.Default.Verbose = VerboseWriter;
        try
        {
            foreach (string name in Name)
            {
                if (StopToken.IsCancellationRequested)
                    return;
                Find(name);
            }
        }
        finally
        {
            EventCatalogue.Default.Verbose = null;
        }
    }

    protected override void EndProcessing()
    {
        foreach (string pmu in Pmu ?? [])
        {
            if (WildcardPattern.ContainsWildcardCharacters(pmu) || _pmus.Contains(pmu) || EventCatalogue.Default.PmuNames().Contains(pmu, StringComparer.OrdinalIgnoreCase))
                continue;
            WriteError(new ErrorRecord(new ArgumentException($"This machine has no PMU '{pmu}'. There are: {string.Join(", ", EventCatalogue.Default.PmuNames())}."),
                "PmuNotFound", ErrorCategory.ObjectNotFound, pmu));
        }
    }

    private void Find(string name)
    {
        PerfEventFilter filter = PerfEventFilter.Create(name);
        bool isFound = false;
        foreach (PerfEventKind kind in Kind.Distinct().Order())
        {
            // One tracepoint is resolved below; listing them all for it would need the right to list them.
            if (!filter.IsWildcard && kind == PerfEventKind.Tracepoint)
                continue;
            try
            {
                foreach (PerfEvent e in EventCatalogue.Default.List([kind]))
                {
                    if (StopToken.IsCancellationRequested)
                        return;
                    if (filter.Matches(e))
                    {
                        isFound = true;
                        Write(e);
                    }
                }
            }
            catch (KernelException e)
            {
                // Tracepoints that may not be read: said once, and the other kinds are listed.
                WriteProblem(e, kind);
            }
        }
        if (isFound || filter.IsWildcard)
            return;
        try
        {
            foreach (PerfEvent e in EventCatalogue.Default.Resolve(name).SelectMany(static g => g.Events))
            {
                if (Kind.Contains(e.Kind))
                    Write(e);
            }
        }
        catch (Exception e) when (e is EventSyntaxException or UnknownEventException or KernelException)
        {
            WriteProblem(e, name);
        }
    }

    private void Write(PerfEvent e)
    {
        if (Pmu is not null && e.Pmu is not null)
            _pmus.Add(e.Pmu);
        if (Pmu is not null && !Pmu.Any(p => e.Pmu is not null && new WildcardPattern(p, WildcardOptions.IgnoreCase).IsMatch(e.Pmu)))
            return;
        if (!Supported || e.IsSupported)
            WriteObject(e);
    }
}
