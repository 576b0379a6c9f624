using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

/// <summary>The same recording through perf report and Get-PerfReport, and two of them through perf diff and Compare-PerfReport: the percentages are the same.</summary>
[Collection(CmdletCollection.Name)]
public sealed partial class PerfReportComparisonTests : CmdletFixture, IDisposable
{
    // A shell, for several processes and commands with user and kernel stacks.
    private const string Work = "for i in 1 2 3 4 5 6; do ls -l /usr/bin | sort | head -n 5 >/dev/null; done; i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";

    // One process: perf 6.1 ends some of the stacks that it unwinds too early when they are of several. Without test, which ends by longjmp(3), and without
    // exit(3): its unwinder (libunwind) does not follow the frame information of ____longjmp_chk, which says in which register the caller's stack pointer is,
    // and takes the caller of __run_exit_handlers for __quick_exit_funcs. Both are right here.
    private const string OneProcess = "for ((i = 0; i < 60000; i++)); do x=${x:0:100}$i; case $x in *77777*) read -r y < /etc/hostname;; esac; done; kill -KILL $$";

    // perf shows two digits: half of the last one is rounded off.
    private const double Rounding = 0.0051;

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-e cpu-clock -F 5000 -g")]
    [InlineData("-e cpu-clock,page-faults -g")]
    [InlineData("-e page-faults -c 3")]
    [InlineData("-e cpu-clock -F 5000 -z -g")]
    [InlineData("-e cpu-clock:u,page-faults:u -F 800 --call-graph dwarf,8192")]
    [InlineData("-e cpu-clock -F 800 --call-graph dwarf,4096")]
    [InlineData("-e cpu-clock -F 800 -z --call-graph dwarf,4096")]
    [InlineData("-e sched:sched_switch -e syscalls:sys_enter_read -e syscalls:sys_exit_openat -g")]
    [InlineData("-e sched:sched_switch,syscalls:sys_enter_read,page-faults -c 1 -d")]
    public void Percentages_are_those_of_perf_report(string options)
    {
        bool isUnwound = options.Contains("dwarf", StringComparison.Ordinal);
        // perf ends as its command did: by the signal.
        Execute("bash", ["-c", $"perf record -q {options} -o {_folder}/a.data -- bash -c '{(isUnwound ? OneProcess : Work)}'; [ $? = {(isUnwound ? 137 : 0)} ]"]);

        AssertEqualsReport(hasChildren: isUnwound || options.Contains("-g", StringComparison.Ordinal));
    }

    // perf sums up no call chains of a pipe (6.1 shows its Children as N/A).
    [Theory]
    [InlineData("-e cpu-clock,page-faults -F 5000 -g")]
    [InlineData("-e cpu-clock -F 800 -z")]
    [InlineData("-e cpu-clock -F 800 --call-graph dwarf,4096")]
    [InlineData("-e sched:sched_switch,syscalls:sys_enter_openat -g")]
    public void Percentages_of_what_came_through_a_pipe_are_too(string options)
    {
        Execute("bash", ["-c", $"perf record -q {options} -o - -- bash -c '{Work}' > {_folder}/a.data"]);

        AssertEqualsReport(hasChildren: false);
    }

    [Theory]
    [InlineData("-e cpu-clock -F 5000")]
    [InlineData("-e cpu-clock,page-faults -F 5000 -g")]
    public void Changes_are_those_of_perf_diff(string options)
    {
        foreach (string name in (string[])["a", "b"])
            Perf(["record", "-q", .. options.Split(' '), "-o", $"{_folder}/{name}.data", "--", "bash", "-c", name == "a" ? Work : Work + "; find /usr/lib > /dev/null"]);

        var actual = Run($"Compare-PerfReport {_folder}/a.data {_folder}/b.data").Objects.Cast<PerfReportDifference>()
            .Where(static d => IsNamed(d.Symbol!, d.Module!)).ToDictionary(static d => $"{d.Event}|{d.Module}|{d.Symbol}");
        // Baseline|Delta Abs|Shared Object|Symbol
        var expected = Rows(Perf(["diff", "-t", "|", $"{_folder}/a.data", $"{_folder}/b.data"]), columns: 4)
            .Where(static r => IsNamed(r.Columns[3][4..].Trim(), r.Columns[2])).ToList();

        Assert.True(expected.Count > 100, $"perf diff gave {expected.Count} rows.");
        Assert.Equal(expected.Select(static r => $"{r.Event}|{r.Columns[2]}|{r.Columns[3][4..].Trim()}").Distinct().Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, string[] columns) in expected)
        {
            PerfReportDifference ours = actual[$"{name}|{columns[2]}|{columns[3][4..].Trim()}"];
            // What is in one of the two alone has no share in the other, or no change.
            Assert.True(columns[0] == "" ? ours.BaselinePercent is null : Math.Abs(Percent(columns[0]) - ours.BaselinePercent!.Value) <= Rounding, $"{ours}: {columns[0]} and {ours.BaselinePercent}");
            Assert.True(columns[1] == "" ? ours.Percent is null : Math.Abs(Percent(columns[1]) - ours.Delta) <= Rounding, $"{ours}: {columns[1]} and {ours.Delta}");
        }
    }

    [GeneratedRegex(@"event '([^']+)'", RegexOptions.IgnoreCase)]
    private static partial Regex EventLine { get; }

    // What has no symbol perf shows by addresses of two kinds (in the file for the instruction itself, in memory for callers).
    private static bool IsNamed(string symbol, string module) =>
        !symbol.StartsWith("0x", StringComparison.Ordinal) && module != "[unknown]" && !symbol.All(static c => c == '0');

    // The percentages to the two digits that perf shows, the samples and the sums of their periods exactly.
    private void AssertEqualsReport(bool hasChildren)
    {
        Dictionary<string, Row> expected = Expected(hasChildren);
        var actual = Run($"Get-PerfReport {_folder}/a.data").Objects.Cast<PerfReportEntry>().Where(r => IsNamed(r.Symbol!, r.Module!) && (hasChildren || r.Samples > 0))
            .GroupBy(static r => $"{r.Event}|{r.Command}|{r.Module}|{r.Symbol}").ToDictionary(static g => g.Key, static g => g.ToList());

        Assert.True(expected.Count > 10, $"perf report gave {expected.Count} rows.");
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach ((string key, Row theirs) in expected)
        {
            // Rows of one name are summed up on both sides.
            List<PerfReportEntry> ours = actual[key];
            double children = ours.Sum(static r => r.ChildrenPercent), self = ours.Sum(static r => r.SelfPercent);
            Assert.True(Math.Abs(self - theirs.Self) <= Rounding * theirs.Count && (!hasChildren || Math.Abs(children - theirs.Children) <= Rounding * theirs.Count),
                $"{key}: perf report has {theirs.Children} and {theirs.Self}, Get-PerfReport {children} and {self}");
            Assert.Equal((key, theirs.Samples, theirs.Period), (key, ours.Sum(static r => r.Samples), ours.Sum(static r => r.Self)));
        }
    }

    private Dictionary<string, Row> Expected(bool hasChildren)
    {
        // Children|Overhead|Samples|Period|Command|Shared Object|Symbol
        string fields = (hasChildren ? "overhead_children," : "") + "overhead,sample,period,comm,dso,sym";
        string text = Perf(["report", "--stdio", "-i", $"{_folder}/a.data", "--no-inline", "--percent-limit", "0", "-t", "|", "-F", fields, .. hasChildren ? (string[])["--children", "-g", "none"] : ["--no-children", "-g", "none"]]);
        var rows = new Dictionary<string, Row>();
        foreach ((string eventName, string[] columns) in Rows(text, hasChildren ? 7 : 6))
        {
            string command = columns[^3], module = columns[^2], symbol = columns[^1][4..].Trim();
            if (!IsNamed(symbol, module))
                continue;
            string key = $"{eventName}|{command}|{module}|{symbol}";
            Row row = rows.GetValueOrDefault(key);
            rows[key] = new Row(row.Children + Percent(columns[0]), row.Self + Percent(columns[^6]), row.Samples + Number(columns[^5]), row.Period + Number(columns[^4]), row.Count + 1);
        }
        return rows;
    }

    private readonly record struct Row(double Children, double Self, long Samples, long Period, int Count);

    private static IEnumerable<(string Event, string[] Columns)> Rows(string text, int columns)
    {
        string eventName = "";
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith('#'))
                eventName = EventLine.Match(line) is { Success: true } match ? match.Groups[1].Value : eventName;
            else if (line.Split('|', columns) is { } parts && parts.Length == columns)
                yield return (eventName, [.. parts.Select(static c => c.Trim())]);
        }
    }

    private static double Percent(string text) => double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string Perf(string[] arguments) => Execute("perf", arguments);

    private static string Execute(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["LC_ALL"] = "C" } })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
