using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel.Btf;

public sealed class BtfWriterTests
{
    [Fact]
    public void WhatIsWrittenCanBeRead()
    {
        var writer = new BtfWriter();
        uint number = writer.AddInteger("long", 8, isSigned: true), address = writer.AddPointer(0);
        uint prototype = writer.AddPrototype(number, ("ctx", address), ("count", number));
        uint function = writer.AddFunction("callback", prototype);

        BtfTypes types = BtfTypes.Parse(writer.ToArray(), "a test");

        Assert.Equal(4, types.Count);
        Assert.Equal((BtfKind.Integer, 8), (types[number].Kind, types[number].Size));
        Assert.Equal((BtfKind.Function, "callback"), (types[function].Kind, types[function].Name));
        Assert.Equal(["ctx", "count"], types[function].Type!.Parameters.Select(static p => p.Name));
    }

    [Fact]
    public void ATextStandsOnce()
    {
        var writer = new BtfWriter();

        Assert.Equal((0u, 1u, 5u, 1u), (writer.Text(""), writer.Text("one"), writer.Text("two"), writer.Text("one")));
    }
}
