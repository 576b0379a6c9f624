using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Of medium impact: asks only with -Confirm. Continues only after a second question.</summary>
[Cmdlet(VerbsCommon.Set, "Thing", SupportsShouldProcess = true)]
public sealed class SetThingCommand : PSCmdlet
{
    [Parameter]
    public SwitchParameter Twice { get; set; }

    protected override void ProcessRecord()
    {
        if (!ShouldProcess("do it", "really do it?", "Caption", out ShouldProcessReason reason))
            WriteObject($"no ({reason})");
        else if (Twice && !ShouldContinue("even so?", "Caption"))
            WriteObject("not twice");
        else
            WriteObject("done");
    }
}
