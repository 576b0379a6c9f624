using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

/// <summary>The same recording through perf report and Get-PerfReport: the percentages are the same.</summary>
[Collection(CmdletCollection.Name)]
public sealed partial class PerfReportComparisonTests : CmdletFixture, IDisposable
{
    // A shell, for several processes and commands with user and kernel stacks.
    private const string Work = "for i in 1 2 3 4 5 6; do ls -l /usr/bin | sort | head -n 5 >/dev/null; done; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-e cpu-clock -F 5000 -g")]
    [InlineData("-e cpu-clock,page-faults -g")]
    [InlineData("-e page-faults -c 3")]
    [InlineData("-e cpu-clock -F 5000 -z -g")]
    public void Percentages_are_those_of_perf_report(string options)
    {
        Perf(["record", "-q", .. options.Split(' '), "-o", $"{_folder}/a.data", "--", "bash", "-c", Work]);
        bool hasChildren = options.EndsWith("-g", StringComparison.Ordinal);

        var expected = Expected(hasChildren);
        var rows = Run($"Get-PerfReport {_folder}/a.data").Objects.Cast<PerfReportEntry>().Where(IsNamed).ToList();
        var actual = rows.GroupBy(static r => Key(r.Event!, r.Command!, r.Module!, r.Symbol!))
            .ToDictionary(static g => g.Key, static g => (g.Sum(static r => r.ChildrenPercent), g.Sum(static r => r.SelfPercent)));

        Assert.True(expected.Count > 10, $"perf report gave {expected.Count} rows.");
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        // perf shows two digits; rows of one name are summed up on both sides.
        foreach ((string key, (double children, double self, int count)) in expected)
        {
            Assert.True(Math.Abs(self - actual[key].Item2) <= 0.0051 * count && (!hasChildren || Math.Abs(children - actual[key].Item1) <= 0.0051 * count),
                $"{key}: perf report has {children} and {self}, Get-PerfReport {actual[key]}");
        }
    }

    [GeneratedRegex(@"of event '([^']+)'")]
    private static partial Regex EventLine { get; }

    // What has no symbol perf shows by addresses of two kinds (in the file for the instruction itself, in memory for callers).
    private static bool IsNamed(PerfReportEntry row) => !row.Symbol!.StartsWith("0x", StringComparison.Ordinal) && row.Module != "[unknown]";

    private static string Key(string eventName, string command, string module, string symbol) => $"{eventName}|{command}|{module}|{symbol}";

    private Dictionary<string, (double Children, double Self, int Count)> Expected(bool hasChildren)
    {
        string text = Perf(["report", "--stdio", "-i", $"{_folder}/a.data", "--percent-limit", "0", "-t", "|", .. hasChildren ? (string[])["--children", "-g", "none"] : []]);
        var rows = new Dictionary<string, (double, double, int)>();
        string eventName = "";
        foreach (string line in text.Split('\n'))
        {
            if (EventLine.Match(line) is { Success: true } match)
                eventName = match.Groups[1].Value;
            string[] columns = [.. line.Split('|').Select(static c => c.Trim())];
            if (line.StartsWith('#') || columns.Length < (hasChildren ? 5 : 4))
                continue;
            int at = hasChildren ? 2 : 1;
            string symbol = columns[at + 2][4..].Trim();
            if (symbol.StartsWith("0x", StringComparison.Ordinal) || columns[at + 1] == "[unknown]" || symbol.All(static c => c == '0'))
                continue;
            string key = Key(eventName, columns[at], columns[at + 1], symbol);
            (double children, double self, int count) = rows.GetValueOrDefault(key);
            rows[key] = (children + Percent(columns[0]), self + Percent(columns[at - 1]), count + 1);
        }
        return rows;
    }

    private static double Percent(string text) => double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture);

    private static string Perf(string[] arguments)
    {
        using Process perf = Process.Start(new ProcessStartInfo("perf", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        perf.ErrorDataReceived += static (_, _) => { };
        perf.BeginErrorReadLine();
        string output = perf.StandardOutput.ReadToEnd();
        perf.WaitForExit();
        Assert.Equal(0, perf.ExitCode);
        return output;
    }
}
