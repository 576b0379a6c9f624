using System.Globalization;
using System.Text;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Tests.Support;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

/// <summary>The distribution's bpftrace prints the same numbers, and the texts are the same.</summary>
public sealed class BpftraceTextTests
{
    private readonly OutputMaker _make = new();

    // Behind "Attaching 1 probe...", without the empty lines that versions have in different places, and without the space that older ones have behind a histogram's name.
    private static string[] Run(string script) =>
        [.. Command.Run("bpftrace", ["-e", script]).Output.Split('\n').Skip(1).Select(static l => l.EndsWith(": ", StringComparison.Ordinal) ? l[..^1] : l).Where(static l => l.Length > 0)];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Literal(long value) => value < 0 ? $"(-{(-value).ToString(CultureInfo.InvariantCulture)})" : value.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void Formats_of_numbers_and_texts()
    {
        var random = new Random(21);
        var script = new StringBuilder("BEGIN { ");
        var expected = new List<string>();
        string[] flags = ["", "-"], lengths = ["", "hh", "h", "l", "ll"], conversions = ["d", "u", "x", "X", "o"];
        for (int i = 0; i < 60; i++)
        {
            string width = random.Next(3) switch { 0 => "", 1 => $"{random.Next(1, 20)}", _ => $"0{random.Next(1, 20)}" };
            string format = $"[%{flags[random.Next(2)]}{width}{lengths[random.Next(5)]}{conversions[random.Next(5)]}]";
            long value = random.NextInt64() >> random.Next(63);
            value = random.Next(2) == 0 ? value : -value;
            script.Append(CultureInfo.InvariantCulture, $"printf(\"{format}\\n\", {Literal(value)}); ");
            expected.Add(Format(format, IntegerType.Int64, Bytes(value)));
        }
        foreach (string format in (string[])["[%s]", "[%12s]", "[%-12s]", "[%.3s]", "[%-9.4s]"])
        {
            script.Append(CultureInfo.InvariantCulture, $"printf(\"{format}\\n\", \"some text\"); ");
            expected.Add(Format(format, new StringType(64), Bytes("some text")));
        }
        string[] printed = Run(script.Append("exit(); }").ToString());
        Assert.Equal(65, printed.Length);
        Assert.Equal(printed, expected);
    }

    [Fact]
    public void Maps_at_the_end_of_a_script()
    {
        var random = new Random(22);
        // Older versions have one bucket for all from 2G on.
        long[] values = [.. Enumerable.Range(0, 60).Select(_ => (random.NextInt64() >> random.Next(32, 63)) - 3)];
        ScriptMap histogram = Map("@a", AggregateKind.Histogram), linear = new("@b", null, new AggregateType(AggregateKind.LinearHistogram, true) { Minimum = 0, Maximum = 20480, Step = 1024 }, 100);
        var script = new StringBuilder("BEGIN { ");
        foreach (long value in values)
        {
            string text = Literal(value);
            script.Append(CultureInfo.InvariantCulture, $"@a = hist({text}); @b = lhist({text}, 0, 20480, 1024); @c[{Math.Abs(value % 5)}] = stats({text}); ");
        }
        string[] printed = Run(script.Append("exit(); }").ToString());

        HistogramBuckets powers = HistogramBuckets.Of((AggregateType)histogram.Value), steps = HistogramBuckets.Of((AggregateType)linear.Value);
        var statistics = new ScriptMap("@c", IntegerType.Int64, new AggregateType(AggregateKind.Statistics, true), 100);
        string drawn = Read(histogram, [.. values.GroupBy(powers.Number).Select(static g => (Bytes((long)g.Key), Bytes((long)g.Count())))])
            + Read(linear, [.. values.GroupBy(steps.Number).Select(static g => (Bytes((long)g.Key), Bytes((long)g.Count())))])
            + Read(statistics, [.. values.GroupBy(static v => Math.Abs(v % 5)).Select(static g => (Bytes(g.Key), Bytes(g.Sum(), (long)g.Count())))]);
        Assert.InRange(printed.Length, 30, 100);
        Assert.Equal(printed, Lines(drawn));
    }

    private static ScriptMap Map(string name, AggregateKind kind) => new(name, null, new AggregateType(kind, true), 100);

    private string Read(ScriptMap map, (byte[] Key, byte[] Value)[] entries)
    {
        using BpfMapAccess access = ScriptMapReaderTests.Fill(map, [.. entries.Select(static e => (e.Key, (byte[][])[e.Value]))]);
        return new ScriptMapReader(map, access, _make.Values).Read().Text;
    }

    private string Format(string format, ScriptType type, byte[] bytes)
    {
        var layout = new EventLayout(type);
        var text = new StringBuilder();
        PrintfFormat.Parse(format).Append(text, layout, Event(layout, 0, 0, bytes), _make.Values.Text);
        return text.ToString();
    }
}
