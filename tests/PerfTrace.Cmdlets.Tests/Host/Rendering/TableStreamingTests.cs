using PerfTrace.Host.Rendering;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Tests.Host.Rendering;

/// <summary>Rows are seen as they come, not at the end.</summary>
public sealed class TableStreamingTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly HostConsole _console;

    public TableStreamingTests() => _console = HostConsole.OfText(TextWriter.Synchronized(_output), TextWriter.Null, isTerminal: true, width: 80);

    public void Dispose() => _output.Dispose();

    [Fact]
    public void AtOnceIfTheViewGivesTheWidths()
    {
        var writer = new TableWriter(_console, View(nameWidth: 10));
        writer.Write(new SampleRow("first", 1));
        Assert.Contains("first", _output.ToString(), StringComparison.Ordinal);
        writer.Write(new SampleRow("second", 2));
        Assert.Contains("second", _output.ToString(), StringComparison.Ordinal);
        writer.Complete();
    }

    [Fact]
    public void AfterAMomentIfTheContentDecides()
    {
        var writer = new TableWriter(_console, View(nameWidth: 0));
        writer.Write(new SampleRow("first", 1));
        Assert.Equal("", _output.ToString());
        Assert.True(SpinWait.SpinUntil(() => _output.ToString().Contains("first", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));

        // From here on the columns stand, and rows come at once.
        writer.Write(new SampleRow("much longer", 2));
        Assert.Contains("much…     2\n", _output.ToString(), StringComparison.Ordinal);
        writer.Complete();
    }

    [Fact]
    public void ManyRowsDoNotWaitForTheMoment()
    {
        var writer = new TableWriter(_console, View(nameWidth: 0));
        for (int i = 0; i < 500; i++)
            writer.Write(new SampleRow($"row{i}", i));
        Assert.Contains("row499", _output.ToString(), StringComparison.Ordinal);
        writer.Complete();
    }

    private static FormatView View(int nameWidth) => new(
        "test", ViewShape.Table, [], [new ViewField("Name", "Name", Width: nameWidth), new ViewField("Value", "Value")]);
}
