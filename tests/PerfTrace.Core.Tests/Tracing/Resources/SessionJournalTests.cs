using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Resources;

public sealed class SessionJournalTests : IDisposable
{
    private static readonly TraceOwner Owner = new(4711, 99);

    private readonly string _root = Directory.CreateTempSubdirectory("perftrace-").FullName;
    private readonly SystemPaths _paths;
    private readonly TracingDirectory _directory;
    private readonly SessionJournal _journal;

    public SessionJournalTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "tracing/instances/web/events/sched/sched_switch"));
        File.WriteAllText(File_("trigger"), "# Available triggers:\n");
        File.WriteAllText(File_("enable"), "1\n");
        _paths = new SystemPaths(Tracing: Path.Combine(_root, "tracing"), Run: Path.Combine(_root, "run"));
        _directory = TracingDirectory.Open(_paths, "web");
        _journal = new SessionJournal(_paths, Owner);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_is_noted_is_read_by_another_the_latest_first()
    {
        TraceWrite[] enable = [new("events/sched/sched_switch/enable", "0")];
        TraceWrite[] trigger = [new("events/sched/sched_switch/trigger", "traceoff if prev_comm == \"a b\"", TraceWriteKind.RemoveTrigger)];

        _journal.Add("enabled", _directory, enable);
        _journal.Add("trigger", _directory.Top, trigger);
        _journal.AddProbe("uprobe", "mine:malloc");

        (TraceOwner Owner, JournalEntry Entry)[] noted = [.. SessionJournal.List(_paths)];
        Assert.All(noted, static n => Assert.Equal(Owner, n.Owner));
        Assert.Equal([("uprobe", null, "mine:malloc"), ("trigger", null, null), ("enabled", "web", (string?)null)],
            noted.Select(static n => (n.Entry.Description, n.Entry.Instance, n.Entry.Probe)));
        Assert.Equal(trigger, noted[1].Entry.Writes);
        Assert.Equal(enable, noted[2].Entry.Writes);
    }

    [Fact]
    public void Nobody_else_can_write_there()
    {
        _journal.Add("enabled", _directory, [new("events/sched/sched_switch/enable", "0")]);

        string folder = SessionJournal.FolderOf(_paths)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public void It_is_gone_when_all_is_undone()
    {
        int first = _journal.Add("a", _directory, [new("tracing_on", "1")]), second = _journal.Add("b", _directory, [new("trace_clock", "local")]);

        _journal.Done(first);
        _journal.Done(first);
        Assert.Equal("b", Assert.Single(SessionJournal.List(_paths)).Entry.Description);
        SessionJournal.Done(_paths, Owner, second);
        Assert.Empty(Directory.GetFiles(SessionJournal.FolderOf(_paths)!));
        _journal.Done(second);
        SessionJournal.Done(_paths, Owner, second);

        // And is there again when there is more.
        _journal.Add("c", _directory, [new("tracing_on", "1")]);
        Assert.Equal("c", Assert.Single(SessionJournal.List(_paths)).Entry.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\":1,\"description\":\"half of a li")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"id\":1}")]
    [InlineData("{\"id\":1,\"writes\":[null]}")]
    [InlineData("{\"id\":1,\"writes\":[{\"file\":\"../../etc/passwd\",\"text\":\"x\"}]}")]
    [InlineData("{\"id\":1,\"writes\":[{\"file\":\"/etc/passwd\",\"text\":\"x\"}]}")]
    [InlineData("{\"id\":1,\"writes\":[{\"file\":\"tracing_on\",\"text\":\"1\\n0\"}]}")]
    [InlineData("{\"id\":1,\"writes\":[{\"file\":\"tracing_on\",\"text\":\"1\",\"kind\":\"AddTrigger\"}]}")]
    [InlineData("{\"id\":1,\"writes\":[{\"file\":\"tracing_on\",\"text\":\"1\",\"kind\":77}]}")]
    [InlineData("{\"id\":1,\"instance\":\"../x\",\"writes\":[{\"file\":\"tracing_on\",\"text\":\"1\"}]}")]
    [InlineData("{\"id\":1,\"probe\":\"a:b c\"}")]
    [InlineData("{\"id\":1,\"probe\":\"nothing\"}")]
    public void A_line_that_is_none_is_left_out(string line)
    {
        _journal.Add("good", _directory, [new("tracing_on", "1")]);
        string path = Assert.Single(Directory.GetFiles(SessionJournal.FolderOf(_paths)!));
        File.WriteAllText(path, $"{line.Replace("\"id\":1", "\"id\":7", StringComparison.Ordinal)}\n{File.ReadAllText(path)}");

        Assert.Equal("good", Assert.Single(SessionJournal.List(_paths)).Entry.Description);
    }

    [Fact]
    public void Mutated_journals_do_no_harm()
    {
        _journal.Add("a", _directory, [new("tracing_on", "1"), new("events/sched/sched_switch/trigger", "traceoff", TraceWriteKind.AddTrigger)]);
        _journal.AddProbe("b", "mine:malloc");
        string path = Assert.Single(Directory.GetFiles(SessionJournal.FolderOf(_paths)!));
        byte[] good = File.ReadAllBytes(path);
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bad = [.. good];
            for (int n = random.Next(1, 8); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bad[..random.Next(1, bad.Length + 1)]);
            Assert.All(SessionJournal.List(_paths), static n => Assert.True(n.Entry.IsSound));
        }
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_no_obstacle()
    {
        File.WriteAllText(Path.Combine(_root, "run"), "no directory");

        Assert.Equal(0, _journal.Add("a", _directory, [new("tracing_on", "1")]));
        Assert.Empty(SessionJournal.List(_paths));
    }

    [Fact]
    public void Steps_are_done_where_they_are_needed()
    {
        TraceWrite.Apply(_directory,
            [new("events/sched/sched_switch/enable", "0"), new("events/sched/sched_switch/trigger", "traceoff", TraceWriteKind.RemoveTrigger)]);
        Assert.Equal("0", File.ReadAllText(File_("enable")).TrimEnd());
        Assert.Equal("# Available triggers:\n", File.ReadAllText(File_("trigger")));

        TraceWrite.Apply(_directory, [new("events/sched/sched_switch/trigger", "traceoff", TraceWriteKind.AddTrigger)]);
        Assert.EndsWith("\ntraceoff", File.ReadAllText(File_("trigger")).TrimEnd(), StringComparison.Ordinal);

        // An event or an instance that is gone took it along.
        TraceWrite.Apply(_directory, [new("events/mine/gone/enable", "0")]);
        Directory.Delete(_directory.Path, recursive: true);
        TraceWrite.Apply(_directory, [new("tracing_on", "1")]);
    }

    private string File_(string name) => Path.Combine(_root, "tracing/instances/web/events/sched/sched_switch", name);
}
