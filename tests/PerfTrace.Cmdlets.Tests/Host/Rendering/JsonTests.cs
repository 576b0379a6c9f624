using System.Text.Json;
using PerfTrace.Host;
using PerfTrace.Host.Rendering;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Rendering;

public sealed class JsonTests
{
    [Fact]
    public void ValuesKeepTheirMeaning()
    {
        string line = Render(OutputFormat.JsonLines, [new SampleValues()]);
        Assert.Equal(
            """
            {"Inherited":"base","Text":"a \"b\" <c> ü","Number":-5,"Big":18446744073709551615,"Real":0.1,"NotANumber":"NaN","Nothing":null,"Yes":true,"Color":"Green","Access":"Read, Write","Duration":"1.02:03:04.5000000","Moment":"2026-05-01T12:00:00.25+02:00","Numbers":[1,2],"Map":{"k":1},"Bytes":"AQI=","Child":{"Key":"k","Quantity":7,"Id":42},"Address":"10.0.0.1","Failing":null}

            """,
            line);
    }

    [Fact]
    public void EachLineIsOneObject()
    {
        string[] lines = Render(OutputFormat.JsonLines, [1, "two", null, new[] { 3, 4 }]).Split('\n');
        Assert.Equal(["1", "\"two\"", "null", "[3,4]", ""], lines);
    }

    [Theory]
    [InlineData(0, "[]\n")]
    [InlineData(1, "[\n1\n]\n")]
    [InlineData(3, "[\n1,\n2,\n3\n]\n")]
    public void JsonIsOneArray(int count, string expected) =>
        Assert.Equal(expected, Render(OutputFormat.Json, [.. Enumerable.Range(1, count).Cast<object?>()]));

    [Fact]
    public void AnArrayIsCompleteAfterAStopAndAfterAnError()
    {
        TraceJournal.Begin();
        HostSession session = TestHost.NewSession();
        session.ObjectWritten = _ => session.Stop();
        Assert.Equal("[\n1\n]\n", session.Run(["-o", "json", "Write-Endlessly"]).StdOut);
        Assert.Equal("[]\n", TestHost.Run(["-o", "json", "Test-Error", "exception"]).StdOut);
    }

    [Fact]
    public void DeepObjectsEndAsText()
    {
        using JsonDocument document = JsonDocument.Parse(Render(OutputFormat.JsonLines, [new SampleNode(6)]));
        JsonElement element = document.RootElement;
        for (int depth = 1; depth < 4; depth++)
            element = element.GetProperty("Next");
        Assert.Equal(JsonValueKind.String, element.GetProperty("Next").ValueKind);
    }

    private static string Render(OutputFormat format, object?[] values) => RenderingSink.Render(format, values);
}
