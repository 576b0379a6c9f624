using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Tools;

[Trait("Machine", "Both")]
public sealed class ProcessToolTests : BpfToolFixture, IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Execsnoop_tells_of_each_program_with_its_arguments()
    {
        DateTimeOffset before = DateTimeOffset.Now;
        List<ExecEvent> events = Watch<ExecEvent>("execsnoop", Ours, () => Shell("/bin/true one 'two three' ''; /bin/echo x > /dev/null; exec /bin/sh -c 'exit 0'"));

        Assert.Equal(4, events.Count);
        Assert.All(events, e => Assert.InRange(e.Time, before.AddMilliseconds(-50), DateTimeOffset.Now.AddMilliseconds(50)));
        Assert.Equal(("/bin/sh", "sh", Environment.ProcessId), (events[0].Path, events[0].CommandName, events[0].ParentId));
        Assert.Equal(("/bin/true", "true", "sh"), (events[1].Path, events[1].CommandName, events[1].ParentName));
        Assert.Equal(["/bin/true", "one", "two three", ""], events[1].Arguments);
        Assert.Equal(events[0].ProcessId, events[1].ParentId);
        Assert.Equal(events[0].ProcessId, events[3].ProcessId);
        Assert.Equal("/bin/sh -c exit 0", events[3].CommandLine);
        Assert.All(events, static e => Assert.False(e.IsTruncated));
    }

    [Fact]
    public void Arguments_beyond_all_measure_are_cut_and_said_to_be()
    {
        string argument = new('x', 9000);
        ExecEvent found = Watch<ExecEvent>("execsnoop", Ours, () => Command.Run("/bin/true", [argument, "last"])).Single(static e => e.CommandName == "true");

        Assert.True(found.IsTruncated);
        Assert.Equal(2, found.Arguments.Count);
        Assert.InRange(found.Arguments[1].Length, 4000, 4096);
        Assert.EndsWith("…", found.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Exitsnoop_tells_how_processes_ended()
    {
        List<ExitEvent> events = Watch<ExitEvent>("exitsnoop", Ours, () => Command.Run("/bin/sh", ["-c", "/bin/sh -c 'exit 3'; /bin/sh -c 'kill -9 $$'; sleep 0.2; true"]));

        Assert.Equal(["sh", "sh", "sleep", "sh"], events.Select(static e => e.CommandName));
        Assert.Equal([3, 137, 0, 0], events.Select(static e => e.ExitCode));
        Assert.Equal([null, 9, null, null], events.Select(static e => e.Signal));
        Assert.InRange(events[2].Lifetime, TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(5));
        Assert.Equal(events[2].Lifetime.TotalMilliseconds, (events[2].Time - events[2].StartTime).TotalMilliseconds, 0.1);
        Assert.Equal(events[3].ProcessId, events[0].ParentId);
        Assert.Equal(Environment.ProcessId, events[3].ParentId);
    }

    [Fact]
    public void Exitsnoop_tells_of_failures_alone_when_asked()
    {
        List<ExitEvent> events = Watch<ExitEvent>("exitsnoop", Ours with { FailedOnly = true }, () => Command.Run("/bin/sh", ["-c", "/bin/true; /bin/false; exit 2"]));

        Assert.Equal([1, 2], events.Select(static e => e.ExitCode));
    }

    [Fact]
    public void Exitsnoop_tells_of_a_process_when_its_last_thread_ends()
    {
        _tree.With("threads.c", """
            #include <pthread.h>
            #include <unistd.h>
            static void *later(void *argument) { usleep(300000); return argument; }
            int main(void) { pthread_t thread; pthread_create(&thread, 0, later, 0); pthread_exit(0); }
            """);
        Command.Result built = Command.Run("gcc", ["-pthread", _tree["threads.c"], "-o", _tree["threads"]]);
        Assert.True(built.ExitCode == 0, built.Error);

        ExitEvent found = Assert.Single(Watch<ExitEvent>("exitsnoop", Ours, () => Command.Run(_tree["threads"], [])));

        Assert.Equal(("threads", 0), (found.CommandName, found.ExitCode));
        Assert.InRange(found.Lifetime, TimeSpan.FromMilliseconds(295), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Opensnoop_tells_of_files_and_why_they_are_not_opened()
    {
        _tree.With("there", "x");
        List<OpenEvent> events = Watch<OpenEvent>("opensnoop", Ours with { CommandName = "cat" }, () => Command.Run("/bin/cat", [_tree["there"], _tree["not-there"]]));

        OpenEvent there = Assert.Single(events, e => e.Path == _tree["there"]);
        Assert.Equal((Errno.None, OpenFlags.Read, "cat", null), (there.Error, there.Flags & (OpenFlags)3, there.CommandName, there.DirectoryDescriptor));
        Assert.InRange(there.Descriptor!.Value, 3, 10);
        Assert.InRange(there.Duration, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        OpenEvent gone = Assert.Single(events, e => e.Path == _tree["not-there"]);
        Assert.Equal((Errno.ENOENT, (int?)null), (gone.Error, gone.Descriptor));
        Assert.Contains(events, static e => e.Path.EndsWith("libc.so.6", StringComparison.Ordinal) && e.Flags.HasFlag(OpenFlags.CloseOnExec));

        Assert.Equal([_tree["not-there"]], Watch<OpenEvent>("opensnoop", Ours with { CommandName = "cat", FailedOnly = true },
            () => Command.Run("/bin/cat", [_tree["there"], _tree["not-there"]])).Select(static e => e.Path).Where(p => p.StartsWith(_tree.Root, StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_who_is_asked_for_is_told_of()
    {
        using var other = System.Diagnostics.Process.Start("/bin/sleep", "30");
        try
        {
            Assert.Empty(Watch<ExecEvent>("execsnoop", new BpfToolOptions { ProcessIds = [other.Id] }, () => Shell("/bin/true")));
            Assert.Empty(Watch<ExecEvent>("execsnoop", Ours with { Inherit = false }, () => Shell("/bin/true")));
            Assert.Empty(Watch<ExecEvent>("execsnoop", Ours with { CommandName = "fals" }, () => Shell("/bin/true")));
            Assert.Equal(["true"], Watch<ExecEvent>("execsnoop", Ours with { CommandName = "tru" }, () => Shell("/bin/true")).Select(static e => e.CommandName));
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
    }

    [Fact]
    public void A_ring_that_is_too_small_loses_and_counts_what_it_loses()
    {
        const int Files = 3000;
        List<OpenEvent> events = Watch<OpenEvent>("opensnoop", Ours with { Inherit = false, BufferSize = 4096 }, () =>
        {
            for (int i = 0; i < Files; i++)
                Assert.False(File.Exists(_tree["none"]) || TryOpen(_tree["none"]));
        }, out long lost, readsLater: true);

        int told = events.Count(e => e.Path == _tree["none"]);
        Assert.InRange(told, 1, 60);
        Assert.True(told + lost >= Files, $"{told} events and {lost} lost are fewer than {Files}.");
    }

    [Fact]
    public void Nothing_is_left_open_or_loaded()
    {
        Descriptors.AssertNoneLeaked(() => Watch<ExecEvent>("execsnoop", Ours, static () => { }));
        Assert.DoesNotContain(BpfProgram.ReadAll(), static p => p.Name == "on_exec" && p.Process.Any(static h => h.ProcessId == Environment.ProcessId));
    }

    private static bool TryOpen(string path)
    {
        try
        {
            using FileDescriptor file = FileDescriptor.Open(path);
            return true;
        }
        catch (KernelException)
        {
            return false;
        }
    }
}
