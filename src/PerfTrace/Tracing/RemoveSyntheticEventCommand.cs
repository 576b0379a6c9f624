using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-SyntheticEvent: removes synthetic events that nothing uses any more.</summary>
[Cmdlet(VerbsCommon.Remove, "SyntheticEvent", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveSyntheticEventCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SyntheticEventCompleter))]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            try
            {
                foreach (SyntheticEvent synthetic in SyntheticEventSelection.Find(name, VerboseWriter, WriteProblem))
                    Remove(synthetic);
            }
            catch (KernelException e)
            {
                WriteProblem(e, name);
            }
        }
    }

    private void Remove(SyntheticEvent synthetic)
    {
        if (!ShouldProcess(synthetic.FullName, "Remove the synthetic event"))
            return;
        try
        {
            SyntheticEvents.Remove(synthetic);
        }
        catch (KernelException e)
        {
            WriteProblem(e, synthetic.Name);
        }
    }
}
