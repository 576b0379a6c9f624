using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>A thing, and then a number.</summary>
[Cmdlet(VerbsCommunications.Write, "Mixed")]
public sealed class WriteMixedCommand : Cmdlet
{
    protected override void ProcessRecord()
    {
        WriteObject(new TestThing { Key = "k", Quantity = 7 });
        WriteObject(5);
    }
}
