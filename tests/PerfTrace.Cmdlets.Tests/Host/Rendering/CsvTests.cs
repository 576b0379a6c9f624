using System.Globalization;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Tests.Host.Rendering;

public sealed class CsvTests
{
    [Fact]
    public void HeaderOnceAndInvariantValues()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Assert.Equal(
                "Name,Value,Share,Group\na,1,0.5,\nb,,1234.25,x\n",
                Render([new SampleRow("a", 1, 0.5), new SampleRow("b", null, 1234.25, "x")]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void CellsAreQuotedWhereTheyMustBe() => Assert.Equal(
        "Name,Value,Share,Group\n\"a,b\",,0,\"say \"\"hi\"\"\"\n\"two\nlines\",,0, plain \n,,0,\n",
        Render([new SampleRow("a,b", null, 0, "say \"hi\""), new SampleRow("two\nlines", null, 0, " plain "), new SampleRow("", null)]));

    [Fact]
    public void ValuesHaveOneForm()
    {
        string[] lines = Render([new SampleValues()]).Split('\n');
        Assert.Equal("Inherited,Text,Number,Big,Real,NotANumber,Nothing,Yes,Color,Access,Duration,Moment,Numbers,Map,Bytes,Child,Address,Failing", lines[0]);
        Assert.StartsWith("base,\"a \"\"b\"\" <c> ü\",-5,18446744073709551615,0.1,NaN,,True,Green,\"Read, Write\",1.02:03:04.5000000,2026-05-01T12:00:00.2500000+02:00,1;2,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",10.0.0.1,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void LaterObjectsFillTheFirstOnesColumns() =>
        Assert.Equal("Name,Value,Share,Group\na,,0,\n,,,\n", Render([new SampleRow("a", null), new SampleNode(0)]));

    [Fact]
    public void ScalarsHaveOneColumn() => Assert.Equal("Value\n1\n\"a,b\"\n", Render([1, "a,b"]));

    private static string Render(object?[] values) => RenderingSink.Render(OutputFormat.Csv, values);
}
