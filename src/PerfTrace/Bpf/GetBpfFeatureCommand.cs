using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Get-BpfFeature: what the kernel's BPF can do, each thing tried.</summary>
[Cmdlet(VerbsCommon.Get, "BpfFeature")]
[OutputType(typeof(BpfFeature))]
public sealed class GetBpfFeatureCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Features of these kinds alone: the others are not tried.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public BpfFeatureKind[]? Kind { get; set; }

    /// <summary>Helpers of these kinds of programs alone.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ProgramType { get; set; }

    protected override void ProcessRecord()
    {
        var names = new Wanted(Name);
        Wanted? types = ProgramType is null ? null : new Wanted(ProgramType);
        BpfFeatureKind[]? kinds = Kind ?? (types is null ? null : [BpfFeatureKind.Helper]);
        try
        {
            foreach (BpfFeature feature in BpfFeatures.Probe(kinds, t => types?.IsMatch(t) ?? true, StopToken))
            {
                if (names.IsMatch(feature.Name))
                    WriteObject(feature);
            }
        }
        catch (KernelException e)
        {
            ThrowProblem(e, null);
        }
        if (StopToken.IsCancellationRequested)
            return;
        WriteMissing("type of programs", types);
        WriteMissing("feature", names);
    }

    private void WriteMissing(string what, Wanted? wanted)
    {
        foreach (string name in wanted?.Missing ?? [])
            WriteProblem(new BpfFeatureNotFoundException(what, name, wanted!.Seen), name);
    }

    // What is asked for, and what came by. Where nothing was tried, nothing can be said of what is not there.
    private sealed class Wanted(string[] names)
    {
        private readonly WildcardPattern[] _patterns = [.. names.Select(static n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase))];

        public HashSet<string> Seen { get; } = new(StringComparer.OrdinalIgnoreCase);

        public IEnumerable<string> Missing => Seen.Count == 0 ? [] : names.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !Seen.Contains(n));

        public bool IsMatch(string name)
        {
            Seen.Add(name);
            return _patterns.Any(p => p.IsMatch(name));
        }
    }
}
