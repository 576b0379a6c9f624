using System.Globalization;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Tests.Host.Rendering;

public sealed class ListTests
{
    private const string Views = """
        <Configuration><ViewDefinitions>
          <View>
            <Name>base</Name>
            <ViewSelectedBy><TypeName>PerfTrace.Tests.Host.Rendering.SampleBase</TypeName></ViewSelectedBy>
            <ListControl><ListEntries><ListEntry><ListItems>
              <ListItem><PropertyName>Text</PropertyName></ListItem>
              <ListItem><Label>How many</Label><PropertyName>Number</PropertyName><FormatString>{0:0.00}</FormatString></ListItem>
              <ListItem><PropertyName>Numbers</PropertyName></ListItem>
              <ListItem><PropertyName>Absent</PropertyName></ListItem>
            </ListItems></ListEntry></ListEntries></ListControl>
          </View>
        </ViewDefinitions></Configuration>
        """;

    public ListTests() => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    [Fact]
    public void AViewOfABaseTypeServesItsDerivedTypes()
    {
        const string One = "Text     : a \"b\" <c> ü\nHow many : -5.00\nNumbers  : {1, 2}\nAbsent   :\n";
        Assert.Equal(One + "\n" + One, RenderingSink.Render(OutputFormat.List, [new SampleValues(), new SampleValues()], Views));
    }

    [Fact]
    public void WithoutAViewAllPropertiesAreListed() =>
        Assert.Equal("Name  : a\nValue :\nShare : 0.5\nGroup :\n", RenderingSink.Render(OutputFormat.List, [new SampleRow("a", null, 0.5)]));

    [Fact]
    public void TheViewsOwnShapeIsTheDefaultOnATerminal() =>
        Assert.StartsWith("Text     : a", RenderingSink.Render(OutputFormat.Auto, [new SampleValues()], Views, width: 80), StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "Name Value Share Group\n")]
    [InlineData(false, "Inherited  : base\n")]
    public void WithoutAViewFewPropertiesMakeATable(bool few, string start) => Assert.StartsWith(
        start,
        RenderingSink.Render(OutputFormat.Auto, [few ? new SampleRow("a", 1) : new SampleValues()], width: 80),
        StringComparison.Ordinal);

    [Fact]
    public void LongCollectionsAreCutAsPowerShellCutsThem() =>
        Assert.Contains("Items : {1, 2, 3, 4…}\n", RenderingSink.Render(OutputFormat.List, [new { Items = new[] { 1, 2, 3, 4, 5 } }]), StringComparison.Ordinal);
}
