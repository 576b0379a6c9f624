using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Puts its arguments into the pipeline, each as the kind of object asked for.</summary>
[Cmdlet(VerbsCommunications.Write, "Item")]
public sealed class WriteItemCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public object[] Value { get; set; } = [];

    /// <summary>Write <see cref="TestThing"/>s of that name instead of the values themselves.</summary>
    [Parameter]
    public SwitchParameter AsThing { get; set; }

    [Parameter]
    public SwitchParameter AsPair { get; set; }

    [Parameter]
    public SwitchParameter AsArray { get; set; }

    [Parameter]
    public SwitchParameter Wrapped { get; set; }

    protected override void ProcessRecord()
    {
        object[] items = [.. Value.Select(Make)];
        if (AsArray)
            WriteObject(items);
        else
            WriteObject(items, enumerateCollection: true);
    }

    private object Make(object value)
    {
        object item = AsThing ? new TestThing { Key = LanguagePrimitives.ConvertTo<string>(value), Quantity = 7 }
            : AsPair ? new TestPair($"{value}=1")
            : value;
        return Wrapped ? PSObject.AsPSObject(item) : item;
    }
}
