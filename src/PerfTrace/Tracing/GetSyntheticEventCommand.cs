using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-SyntheticEvent: the synthetic events of the machine.</summary>
[Cmdlet(VerbsCommon.Get, "SyntheticEvent")]
[OutputType(typeof(SyntheticEvent))]
public sealed class GetSyntheticEventCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SyntheticEventCompleter))]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        try
        {
            foreach (string name in Name)
            {
                foreach (SyntheticEvent synthetic in SyntheticEventSelection.Find(name, VerboseWriter, WriteProblem))
                    WriteObject(synthetic);
            }
        }
        catch (KernelException e)
        {
            WriteProblem(e, null);
        }
    }
}
