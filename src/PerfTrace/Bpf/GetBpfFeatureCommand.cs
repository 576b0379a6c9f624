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
        WildcardPattern[] names = [.. Name.Select(static n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase))];
        WildcardPattern[]? types = ProgramType is null ? null : [.. ProgramType.Select(static n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase))];
        BpfFeatureKind[]? kinds = Kind ?? (types is null ? null : [BpfFeatureKind.Helper]);
        try
        {
            foreach (BpfFeature feature in BpfFeatures.Probe(kinds, t => types?.Any(p => p.IsMatch(t)) ?? true, StopToken))
            {
                if (names.Any(n => n.IsMatch(feature.Name)))
                    WriteObject(feature);
            }
        }
        catch (KernelException e)
        {
            ThrowProblem(e, null);
        }
    }
}
