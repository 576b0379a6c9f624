using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-Tracer: the tracers that this kernel has, and which is at work.</summary>
[Cmdlet(VerbsCommon.Get, "Tracer")]
[OutputType(typeof(Tracer))]
public sealed class GetTracerCommand : TraceInstanceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracerNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        if (FindTarget() is not { } target)
            return;
        Try(Instance, () =>
        {
            IReadOnlyList<Tracer> tracers = Tracer.List(target.LookUp);
            foreach (string name in Name)
            {
                WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                Tracer[] found = [.. tracers.Where(t => pattern.IsMatch(t.Name))];
                foreach (Tracer tracer in found)
                    WriteObject(tracer);
                if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    WriteProblem(new TracerNotFoundException(name, target.Description, tracers), name);
            }
        });
    }
}
