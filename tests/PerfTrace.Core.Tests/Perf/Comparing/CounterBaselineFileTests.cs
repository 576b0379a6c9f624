using System.Text;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Comparing;

public sealed class CounterBaselineFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    private IReadOnlyList<CounterFigure> Read(string text)
    {
        File.WriteAllText(_path, text);
        return CounterBaselineFile.Read(_path);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        CounterFigure[] figures =
        [
            new() { Event = "page-faults", Value = 12.5, Runs = 4, RelativeError = 1.5, Command = "./app", RunningPercent = 40 },
            new() { Event = "cpu/event=0x3c,\"/", Value = 3e15, Cpu = 1, Core = 2, Socket = 0, CGroup = "system.slice/a" },
            new() { Event = "task-clock", Value = 7, Unit = "ns", CommandName = "nginx" },
            new() { Event = "cycles", Status = CounterStatus.NotSupported },
        ];
        using var stream = new MemoryStream();
        CounterBaselineFile.Write(stream, figures);

        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal(figures, Read(text));
        // A line for each event.
        Assert.Equal(figures.Length + 3, text.Split('\n').Length);
    }

    [Theory]
    [InlineData("""[{"Event":"cs","Value":3,"Status":0},{"Event":"pf","Value":4,"Elapsed":{"Ticks":5},"Status":"Counted"}]""")]
    [InlineData("""{"event":"cs","value":3} {"Event":"pf","Value":4}""")]
    [InlineData("{\"Event\":\"cs\",\"Value\":3}\n{\"Event\":\"pf\",\"Value\":4}\n")]
    [InlineData("\ufeff[{\"Event\":\"cs\",\"Value\":3},{\"Event\":\"pf\",\"Value\":4}]")]
    public void Arrays_objects_and_lines_are_read(string text) =>
        Assert.Equal([("cs", 3.0), ("pf", 4.0)], Read(text).Select(f => (f.Event, f.Value!.Value)));

    [Theory]
    [InlineData("Event,Value\ncs,3\n", "is no JSON", "(line 1)", "Import-Csv")]
    [InlineData("[{\"Event\":\"cs\",", "is no JSON", "(line 1)", "Import-Clixml")]
    [InlineData("", "holds no counters", "It is empty.", "")]
    [InlineData("[]", "holds no counters", "It is empty.", "")]
    [InlineData("[1]", "holds no counters", "a number where an object", "")]
    [InlineData("{\"Name\":\"bash\"}", "holds no counters", "no property Event", "")]
    [InlineData("[{\"Event\":\"cs\"}]", "holds no counters", "cs has no Value", "")]
    public void What_holds_no_counters_is_told_apart(string text, string first, string second, string third)
    {
        string message = Assert.Throws<CounterBaselineException>(() => Read(text)).Message;

        Assert.All((string[])[_path, first, second, third], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_there_is_not_a_wrong_one() =>
        Assert.Throws<FileNotFoundException>(() => CounterBaselineFile.Read(_path + ".none"));
}
