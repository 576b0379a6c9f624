using System.Globalization;
using System.Management.Automation;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Tests.Host.Rendering;

public sealed class TableTests
{
    private const string Views = """
        <Configuration><ViewDefinitions>
          <View>
            <Name>row</Name>
            <ViewSelectedBy><TypeName>PerfTrace.Tests.Host.Rendering.SampleRow</TypeName></ViewSelectedBy>
            <TableControl>
              <TableHeaders>
                <TableColumnHeader><Label>Count</Label><Width>12</Width></TableColumnHeader>
                <TableColumnHeader><Width>6</Width><Alignment>Left</Alignment></TableColumnHeader>
                <TableColumnHeader />
              </TableHeaders>
              <TableRowEntries><TableRowEntry><TableColumnItems>
                <TableColumnItem><PropertyName>Value</PropertyName><FormatString>{0:N0}</FormatString></TableColumnItem>
                <TableColumnItem><PropertyName>Share</PropertyName></TableColumnItem>
                <TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem>
              </TableColumnItems></TableRowEntry></TableRowEntries>
            </TableControl>
          </View>
        </ViewDefinitions></Configuration>
        """;

    private static string GroupedViews => Views.Replace(
        "</ViewSelectedBy>",
        "</ViewSelectedBy><GroupBy><PropertyName>Group</PropertyName><Label>Target</Label></GroupBy>",
        StringComparison.Ordinal);

    public TableTests() => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    [Fact]
    public void DrawsTheViewsColumns() => AssertText(
        """
               Count Share  Name
               ----- -----  ----
           1,234,567 0.5    page-faults
                     0      cycles
        """,
        Render([new SampleRow("page-faults", 1234567, 0.5), new SampleRow("cycles", null)]));

    [Fact]
    public void NumbersAreInTheCurrentCulture()
    {
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        Assert.Contains("   1.234.567 0,5    x\n", Render([new SampleRow("x", 1234567, 0.5)]), StringComparison.Ordinal);
    }

    [Fact]
    public void EachGroupHasItsHeader() => AssertText(
        """
           Target: one

               Count Share  Name
               ----- -----  ----
                   1 0      a
                   2 0      b

           Target: two

               Count Share  Name
               ----- -----  ----
                   3 0      c
        """,
        Render([new SampleRow("a", 1, 0, "one"), new SampleRow("b", 2, 0, "one"), new SampleRow("c", 3, 0, "two")], GroupedViews));

    [Fact]
    public void WithoutAViewTheContentDecides() => AssertText(
        """
        Name        Value Share Group
        ----        ----- ----- -----
        page-faults    12     0 g
        x               3   0.5
        """,
        RenderingSink.Render(OutputFormat.Table, [new SampleRow("page-faults", 12, 0, "g"), new SampleRow("x", 3, 0.5)]));

    [Fact]
    public void LongTextsAreCutOnATerminal()
    {
        string text = Render([new SampleRow(new string('x', 100), 1)], width: 40);
        Assert.Contains(new string('x', 19) + "…\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 40, line));
    }

    [Fact]
    public void ButNotWhereThereIsNone() => Assert.Contains(new string('x', 300) + "\n", Render([new SampleRow(new string('x', 300), 1)]), StringComparison.Ordinal);

    [Fact]
    public void ColumnsThatDoNotFitAreLeftOut()
    {
        string text = Render([new SampleRow("name", 1, 0.5)], width: 15);
        Assert.Contains("Count", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Share", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ControlCharactersDoNotReachTheTerminal() =>
        Assert.Contains("\uFFFD[31mred two\n", Render([new SampleRow("\e[31mred\ntwo", 1)]), StringComparison.Ordinal);

    [Fact]
    public void HeadersAreColouredOnATerminal()
    {
        string text = RenderingSink.Render(OutputFormat.Table, [new SampleRow("a", 1)], Views, width: 80, hasColor: true);
        string[] lines = text.Split('\n');
        Assert.Contains("\e[1;32m", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', lines[2]);
    }

    [Fact]
    public void AnotherTypeBeginsAnotherTable() => AssertText(
        """
               Count Share  Name
               ----- -----  ----
                   1 0      a

        Next
        ----

        text
        """,
        Render([new SampleRow("a", 1), new SampleNode(0), "text"]));

    [Fact]
    public void BagsOfTheSamePropertiesShareATable()
    {
        string text = RenderingSink.Render(OutputFormat.Auto, [Bag(1), Bag(22)], width: 80);
        AssertText(
            """
            Id Name
            -- ----
             1 n1
            22 n22
            """,
            text);
    }

    private static PSObject Bag(int id)
    {
        var bag = new PSObject();
        bag.Properties.Add(new PSNoteProperty("Id", id));
        bag.Properties.Add(new PSNoteProperty("Name", $"n{id}"));
        return bag;
    }

    private static string Render(object?[] values, string views = Views, int width = 0) => RenderingSink.Render(OutputFormat.Table, values, views, width);

    private static void AssertText(string expected, string actual) => Assert.Equal(expected + "\n", actual);
}
