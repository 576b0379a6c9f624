using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>As <see cref="PerfStatComparisonTests"/>, with what perf printed on an ARM64 machine that has a hardware PMU (tests/data/arm64).</summary>
public class PerfStatArm64Tests
{
    private static readonly Lazy<Dictionary<string, (string Output, int Status)>> Sections = new(Read);

    private static readonly SystemPaths Paths = new(Sys: Repository.Data("arm64/sysfs"), Tracing: Repository.Data("arm64/tracefs"));

    // The recording has four tracepoints' files, not the folder that this wildcard needs.
    private const string NeedsAllTracepoints = "sched:sched_process_*";

    public static TheoryData<string> Counted => [.. Sections.Value.Where(static s => s.Value.Status == 0 && s.Key != NeedsAllTracepoints).Select(static s => s.Key)];

    public static TheoryData<string> Refused => [.. Sections.Value.Where(static s => s.Value.Status != 0).Select(static s => s.Key)];

    [Theory]
    [MemberData(nameof(Counted))]
    public void OpensWhatPerfOpened(string text)
    {
        List<OpenedEvent> theirs = OpenedEvents.Perfs(Sections.Value[text].Output, out bool isCutShort);

        EventComparison.AssertSame(theirs, isCutShort, OpenedEvents.Ours(new EventCatalogue(Paths), text), []);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void RefusesWhatPerfRefused(string text)
    {
        Exception problem = Assert.ThrowsAny<Exception>(() => OpenedEvents.Ours(new EventCatalogue(Paths), text));

        Assert.True(problem is EventSyntaxException or UnknownEventException, $"{problem.GetType()}: {problem.Message}");
    }

    [Fact]
    public void TheRecordingHasItsSections() => Assert.Equal(85 + 5, Sections.Value.Count);

    private static Dictionary<string, (string Output, int Status)> Read()
    {
        const string Start = "=== event: ", End = "=== status: ";
        var sections = new Dictionary<string, (string, int)>();
        string? name = null;
        var lines = new List<string>();
        foreach (string line in File.ReadLines(Repository.Data("arm64/perf-stat-vv.txt")))
        {
            if (line.StartsWith(Start, StringComparison.Ordinal))
            {
                name = line[Start.Length..];
                lines.Clear();
            }
            else if (name is not null && line.StartsWith(End, StringComparison.Ordinal))
            {
                sections.Add(name, (string.Join('\n', lines), int.Parse(line[End.Length..], System.Globalization.CultureInfo.InvariantCulture)));
                name = null;
            }
            else
            {
                lines.Add(line);
            }
        }
        return sections;
    }
}
