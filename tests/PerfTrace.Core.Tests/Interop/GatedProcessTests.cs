using System.Diagnostics;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Interop;

public class GatedProcessTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    [Fact]
    public void TheChildDoesNotRunBeforeItIsReleased()
    {
        using var tree = new TemporaryTree();
        using GatedProcess process = Start("/usr/bin/touch", "touch", tree["made"]);

        Thread.Sleep(100);
        Assert.False(File.Exists(tree["made"]));
        Assert.True(Directory.Exists($"/proc/{process.ProcessId}"));
        process.Release();

        Assert.Equal(0, process.WaitForExit()!.ExitCode);
        Assert.True(File.Exists(tree["made"]));
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 3", 3, null)]
    [InlineData("kill -TERM $$", 143, 15)]
    [InlineData("kill -KILL $$", 137, 9)]
    [InlineData("kill -SEGV $$", 139, 11)]
    public void TheExitStatusIsThatOfAShell(string script, int exitCode, int? signal)
    {
        using GatedProcess process = Shell(script);
        process.Release();

        ProcessExit exit = process.WaitForExit()!;

        Assert.Equal((exitCode, signal), (exit.ExitCode, exit.Signal));
        Assert.True(exit.MaximumResidentSet > 100_000);
    }

    [Fact]
    public void TheCpuTimeIsTheChilds()
    {
        using GatedProcess process = Shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
        process.Release();

        ProcessExit exit = process.WaitForExit()!;

        Assert.InRange((exit.UserTime + exit.SystemTime).TotalMilliseconds, 10, 10_000);
    }

    [Fact]
    public void DisposedBeforeReleaseItNeverRuns()
    {
        using var tree = new TemporaryTree();
        int id;
        using (GatedProcess process = Start("/usr/bin/touch", "touch", tree["made"]))
            id = process.ProcessId;

        AssertGone(id);
        Assert.False(File.Exists(tree["made"]));
    }

    [Fact]
    public void DisposedWhileItRunsItIsAskedToEnd()
    {
        int id;
        long start = Stopwatch.GetTimestamp();
        using (GatedProcess process = Start("/usr/bin/sleep", "sleep", "30"))
        {
            process.Release();
            id = process.ProcessId;
        }

        AssertGone(id);
        Assert.True(Stopwatch.GetElapsedTime(start) < Enough);
    }

    [Fact]
    public void WhatIgnoresTheRequestIsKilledAMomentLater()
    {
        using var tree = new TemporaryTree();
        int id;
        long start;
        using (GatedProcess process = Shell($"trap '' TERM; echo > '{tree["deaf"]}'; while :; do :; done"))
        {
            process.Release();
            id = process.ProcessId;
            Assert.True(SpinWait.SpinUntil(() => File.Exists(tree["deaf"]), Enough));
            start = Stopwatch.GetTimestamp();
        }
        // Nobody waits for that.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 500);

        AssertGone(id);
    }

    [Fact]
    public void TerminateEndsIt()
    {
        using GatedProcess process = Start("/usr/bin/sleep", "sleep", "30");
        process.Release();
        Assert.False(process.WaitForExit(TimeSpan.FromMilliseconds(20)));

        process.Terminate();

        Assert.True(process.WaitForExit(Enough));
        Assert.Equal(143, process.WaitForExit()!.ExitCode);
        process.Terminate();
    }

    [Fact]
    public void EndedIsReadableOnceItHasEnded()
    {
        using GatedProcess process = Shell("read x < /dev/null; exit 0");
        using var epoll = new Epoll();
        long[] tokens = new long[1];
        epoll.Add(process.Ended.Descriptor, 1);
        Assert.Equal(0, epoll.Wait(tokens, TimeSpan.Zero));

        process.Release();

        Assert.Equal(1, epoll.Wait(tokens, Enough));
    }

    [Fact]
    public void ArgumentsDirectoryAndEnvironmentArePassed()
    {
        using var tree = new TemporaryTree().With("dir with space/x", "");
        string[] arguments = ["", "a b", "ünïcödé ☃ 🐧", "'\"\\$", "-n", "line\nbreak"];
        Environment.SetEnvironmentVariable("PERFTRACE_TEST_VARIABLE", "välue with = and space");
        try
        {
            string output = tree["out"];
            using GatedProcess process = GatedProcess.Start("/bin/sh",
                ["sh", "-c", "{ pwd; echo \"$PERFTRACE_TEST_VARIABLE\"; echo $#; for a; do printf '<%s>' \"$a\"; done; } > \"$0\"", output, .. arguments], tree["dir with space"]);
            process.Release();
            Assert.Equal(0, process.WaitForExit()!.ExitCode);

            Assert.Equal($"{tree["dir with space"]}\nvälue with = and space\n6\n{string.Concat(arguments.Select(static a => $"<{a}>"))}", File.ReadAllText(output));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PERFTRACE_TEST_VARIABLE", null);
        }
    }

    [Fact]
    public void SignalsAreAtTheirDefaultInTheChild()
    {
        using var tree = new TemporaryTree();
        // .NET ignores SIGPIPE, and an ignored signal survives an exec.
        using GatedProcess process = Start("/bin/sh", "sh", "-c", $"exec grep -E '^Sig(Ign|Blk)' /proc/self/status > '{tree["out"]}'");
        process.Release();
        process.WaitForExit();

        string[] lines = File.ReadAllLines(tree["out"]);
        Assert.Equal("SigBlk:\t0000000000000000", lines[0]);
        // Signals 32 and 33 are the C library's own; its posix_spawn leaves them ignored.
        ulong ignored = ulong.Parse(lines[1]["SigIgn:\t".Length..], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0ul, ignored & 0x7fffffff);
    }

    [Fact]
    public void TheChildGetsTheStandardDescriptorsAlone()
    {
        using var tree = new TemporaryTree();
        using FileDescriptor ours = FileDescriptor.Open("/dev/null");
        using GatedProcess process = Start("/bin/sh", "sh", "-c", $"ls -l /proc/self/fd > '{tree["out"]}'");
        process.Release();
        process.WaitForExit();

        string[] descriptors = [.. File.ReadAllLines(tree["out"]).Where(static l => l.Contains("->", StringComparison.Ordinal))];
        // ls has its own: the folder that it lists. What a test runner leaves inheritable is not ours to judge; the gate is.
        Assert.DoesNotContain(descriptors, static l => l.Contains("perftrace-gate", StringComparison.Ordinal) || l.Contains("eventfd", StringComparison.Ordinal)
            || l.Contains("pidfd", StringComparison.Ordinal) || l.Contains("eventpoll", StringComparison.Ordinal));
    }

    [Fact]
    public void NothingStaysOpenInTheParent()
    {
        Descriptors.AssertNoneLeaked(static () =>
        {
            using GatedProcess ended = Shell("exit 0");
            ended.Release();
            ended.WaitForExit();
            using GatedProcess neverRun = Shell("exit 0");
            using GatedProcess running = Start("/usr/bin/sleep", "sleep", "30");
            running.Release();
            Assert.Throws<KernelException>(() =>
            {
                using GatedProcess wrong = Start("/no/such/program", "x");
                wrong.Release();
            });
        });
        Assert.Empty(Directory.GetFiles("/dev/shm", $"perftrace-gate-{Environment.ProcessId}-*"));
    }

    [Fact]
    public void FiftyAtOnceAllRunOnce()
    {
        using var tree = new TemporaryTree();
        int[] status = new int[50];
        Parallel.For(0, 50, new ParallelOptions { MaxDegreeOfParallelism = 50 }, i =>
        {
            using GatedProcess process = Shell($"echo x >> '{tree[$"f{i}"]}'; exit {i}");
            process.Release();
            status[i] = process.WaitForExit()!.ExitCode;
        });

        Assert.Equal(Enumerable.Range(0, 50), status);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal("x\n", File.ReadAllText(tree[$"f{i}"])));
    }

    [Fact]
    public void AnExecThatFailsSaysWhy()
    {
        using var tree = new TemporaryTree();
        string text = tree.Executable("text", "no interpreter named here\n");
        string lost = tree.Executable("lost", "#!/no/such/interpreter\n");
        File.WriteAllText(tree["plain"], "#!/bin/sh\n");

        Assert.Equal(Errno.ENOEXEC, ExecError(text));
        Assert.Equal(Errno.ENOENT, ExecError(lost));
        Assert.Equal(Errno.ENOENT, ExecError(tree["missing"]));
        Assert.Equal(Errno.EACCES, ExecError(tree["plain"]));
        Assert.Equal(Errno.EACCES, ExecError(tree.Root));
    }

    [Fact]
    public void AMissingWorkingDirectorySaysSo()
    {
        var e = Assert.Throws<KernelException>(static () =>
        {
            using GatedProcess process = GatedProcess.Start("/bin/true", ["true"], "/no/such/directory");
            process.Release();
        });

        Assert.Equal(Errno.ENOENT, e.Errno);
    }

    private static Errno ExecError(string path)
    {
        int id = 0;
        var e = Assert.ThrowsAny<KernelException>(() =>
        {
            using GatedProcess process = Start(path, "x");
            id = process.ProcessId;
            process.Release();
        });
        if (id != 0)
            AssertGone(id);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        return e.Errno;
    }

    private static GatedProcess Shell(string script) => Start("/bin/sh", "sh", "-c", script);

    private static GatedProcess Start(string path, params string[] arguments) => GatedProcess.Start(path, arguments, "/");

    private static void AssertGone(int id)
    {
        for (int i = 0; i < 500 && Directory.Exists($"/proc/{id}"); i++)
            Thread.Sleep(10);
        Assert.False(Directory.Exists($"/proc/{id}"), $"Process {id} is still there.");
    }
}
