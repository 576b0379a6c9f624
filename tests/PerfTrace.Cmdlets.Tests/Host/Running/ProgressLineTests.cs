using System.Management.Automation;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Tests.Host.Running;

public sealed class ProgressLineTests : IDisposable
{
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void IsOneLineThatGoesAwayBeforeOtherText()
    {
        HostConsole console = HostConsole.OfText(TextWriter.Null, _error, isTerminal: true);
        var printer = new MessagePrinter(console);
        printer.Progress(new ProgressRecord(1, "Counting", "page-faults") { PercentComplete = 40, SecondsRemaining = 3 });
        printer.Warning("careful");
        Assert.Equal("\r\e[2KCounting: page-faults 40% (3 s left)\r\e[2KWARNING: careful\n", _error.ToString());
    }

    [Fact]
    public void IsNotDrawnWithoutATerminal()
    {
        new MessagePrinter(HostConsole.OfText(TextWriter.Null, _error)).Progress(new ProgressRecord(1, "Counting", "page-faults"));
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public void NeverWraps()
    {
        HostConsole console = HostConsole.OfText(TextWriter.Null, _error, isTerminal: true, width: 10);
        console.Progress.Show(new ProgressRecord(1, "A long activity", "of many words"));
        Assert.Equal("\r\e[2KA long ac", _error.ToString());
    }
}
