using System.Management.Automation;
using PerfTrace.Access;

namespace PerfTrace.Commands;

/// <summary>Test-PerfTraceAccess: what of PerfTrace works for this user on this machine, why the rest does not, and what to do.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PerfTraceAccess")]
[OutputType(typeof(PerfTraceAccess))]
public sealed class TestPerfTraceAccessCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccessFeatureCompleter))]
    public string[] Feature { get; set; } = ["*"];

    /// <summary>Features of these families alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public AccessFamily[]? Family { get; set; }

    protected override void ProcessRecord()
    {
        WildcardPattern[] patterns = [.. Feature.Select(static f => WildcardPattern.Get(f, WildcardOptions.IgnoreCase))];
        bool IsWanted(string name, AccessFamily family) => (Family is null || Family.Contains(family)) && patterns.Any(p => p.IsMatch(name));
        int tried = 0, all = AccessFeatures.Count(IsWanted);
        using var progress = new WorkProgress(this, "Trying what works", null, StopToken);
        foreach (PerfTraceAccess access in AccessFeatures.Try(IsWanted, VerboseWriter))
        {
            WriteObject(access);
            progress.Show(++tried, all, "features");
            if (StopToken.IsCancellationRequested)
                return;
        }
        foreach (string name in Feature.Where(static f => !WildcardPattern.ContainsWildcardCharacters(f) && !AccessFeatures.Names.Contains(f, StringComparer.OrdinalIgnoreCase)))
            WriteProblem(new AccessFeatureNotFoundException(name), name);
    }
}
