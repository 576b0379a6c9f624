using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

[Cmdlet(VerbsCommon.Remove, "Thing", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveThingCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            if (ShouldProcess(name, "Remove"))
                WriteObject(name);
        }
    }
}
