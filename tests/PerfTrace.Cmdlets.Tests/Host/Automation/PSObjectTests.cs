using System.Management.Automation;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Automation;

public sealed class PSObjectTests
{
    [Fact]
    public void WrapsOnce()
    {
        var thing = new TestThing();
        PSObject wrapped = PSObject.AsPSObject(thing);
        Assert.Same(thing, wrapped.BaseObject);
        Assert.Same(wrapped, PSObject.AsPSObject(wrapped));
        Assert.Same(thing, new PSObject(wrapped).BaseObject);
    }

    [Fact]
    public void ShowsPropertiesAndTypeNames()
    {
        PSObject wrapped = PSObject.AsPSObject(new TestThing { Key = "k" });
        Assert.Equal("k", wrapped.Properties["key"].Value);
        Assert.Null(wrapped.Properties["absent"]);
        Assert.Equal([typeof(TestThing).FullName, "System.Object"], wrapped.TypeNames);
    }

    [Fact]
    public void TakesNoteProperties()
    {
        var bag = new PSObject();
        bag.Properties.Add(new PSNoteProperty("A", 1));
        Assert.Equal("@{A=1}", bag.ToString());
        Assert.Throws<ArgumentException>(() => bag.Properties.Add(new PSNoteProperty("a", 2)));
    }
}
