using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Interop;

public sealed class BackgroundCloseTests
{
    // Each takes the kernel some 40 ms to close, one after the other.
    private const int Count = 40;

    [Fact]
    public void WhoGivesThemAwayDoesNotWait()
    {
        FileDescriptor[] events = Open();
        string path = $"/proc/self/fd/{events[0].Number}";
        string? before = File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;

        long start = Stopwatch.GetTimestamp();
        BackgroundClose.Close(events);

        Assert.True(BackgroundClose.IsBusy);
        // Count grace periods would be more than a second.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 300);
        Assert.Contains("perf_event", before, StringComparison.Ordinal);
        Assert.All(events, static e => Assert.True(e.IsInvalid || e.IsClosed));
        Assert.True(SpinWait.SpinUntil(static () => !BackgroundClose.IsBusy, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void AProgramThatIsStartedMeanwhileHasNoneOfThem()
    {
        FileDescriptor[] events = Open();
        string[] kinds = [.. events.Select(static e => TargetOf($"/proc/self/fd/{e.Number}"))];
        BackgroundClose.Close(events);

        // It stands before its exec, with the descriptors that this process had when it was started, but for these.
        using GatedProcess process = GatedProcess.Start("/bin/true", ["true"], "/");
        string[] Inherited() => [.. Directory.GetFiles($"/proc/{process.ProcessId}/fd").Select(TargetOf)];

        Assert.All(kinds, static k => Assert.Contains("perf_event", k, StringComparison.Ordinal));
        Assert.True(SpinWait.SpinUntil(() => !Inherited().Any(static t => t.Contains("perf_event", StringComparison.Ordinal)), TimeSpan.FromSeconds(1)));
        Assert.True(BackgroundClose.IsBusy);
        long start = Stopwatch.GetTimestamp();
        process.Release();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 300);
        Assert.Equal(0, process.WaitForExit()!.ExitCode);
    }

    [Fact]
    public void AProgramThatHasInheritedThemHasTimeToLetGoOfThem()
    {
        FileDescriptor[] events = Open(), inherited = [.. events.Select(static e => e.Duplicate())];

        long start = Stopwatch.GetTimestamp();
        BackgroundClose.Close(events);

        Assert.True(SpinWait.SpinUntil(static () => !BackgroundClose.IsBusy, TimeSpan.FromSeconds(30)));
        // Nothing waits for the kernel here; eight at once, and 10 ms for the other to close its own first.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Count / 8 - 1) * 10, double.MaxValue);
        BackgroundClose.Close(inherited);
    }

    [Fact]
    public async Task NothingElseLivesLongerForIt()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        var writer = new AnonymousPipeClientStream(PipeDirection.Out, reader.ClientSafePipeHandle);
        BackgroundClose.Close(Open());

        await writer.DisposeAsync();

        // The end of the pipe is there although the events are still being closed.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(0, await reader.ReadAsync(new byte[1], patience.Token));
    }

    [Fact]
    public void WhatIsClosedMeanwhileHasEnded()
    {
        using var stop = new CancellationTokenSource();
        var others = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                BackgroundClose.Close([FileDescriptor.Open("/dev/null")]);
        });
        others.Start();
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
                using FileDescriptor reader = Take(pipe.SafePipeHandle), writer = Take(pipe.ClientSafePipeHandle);
                reader.SetNonBlocking(true);

                writer.Dispose();

                // The end of the pipe, and not EAGAIN: nobody has its other side any more.
                Assert.Equal(0, reader.Read(new byte[1]));
            }
        }
        finally
        {
            stop.Cancel();
            others.Join();
        }
    }

    private static FileDescriptor Take(SafeHandle handle)
    {
        var taken = new FileDescriptor(handle.DangerousGetHandle());
        handle.SetHandleAsInvalid();
        return taken;
    }

    [Fact]
    public void OneByOneTheyAreClosedTogether()
    {
        FileDescriptor[] events = Open();
        int[] numbers = [.. events.Select(static e => e.Number)];

        foreach (FileDescriptor e in events)
            BackgroundClose.Add(e.Detach());

        Assert.True(SpinWait.SpinUntil(() => numbers.All(static n => Kind(n) != "perf_event"), TimeSpan.FromSeconds(10)));
        Assert.True(SpinWait.SpinUntil(static () => !BackgroundClose.IsBusy, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void WhatIsClosedAlreadyIsPassedOver()
    {
        FileDescriptor closed = FileDescriptor.Open("/dev/null");
        closed.Dispose();

        BackgroundClose.Close([closed]);
        BackgroundClose.Close([]);
    }

    private static string Kind(int number) => TargetOf($"/proc/self/fd/{number}").Contains("perf_event", StringComparison.Ordinal) ? "perf_event" : "";

    // Nothing, where it was closed since it was listed.
    private static string TargetOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static unsafe FileDescriptor[] Open()
    {
        string root = TraceFileSystem.Require(SystemPaths.Default);
        return [.. Directory.EnumerateDirectories(Path.Combine(root, "events/syscalls"), "sys_exit_*").Order(StringComparer.Ordinal).Take(Count).Select(folder =>
        {
            var attributes = new PerfEventAttr
            {
                Type = (uint)PerfType.Tracepoint,
                Size = PerfEventAttr.StructureSize,
                Config = ulong.Parse(File.ReadAllText(Path.Combine(folder, "id")), System.Globalization.CultureInfo.InvariantCulture),
                Flags = PerfEventFlags.Disabled,
            };
            const int self = 0;
            Assert.Equal(Errno.None, SystemCalls.PerfEventOpen(&attributes, self, -1, -1, (ulong)PerfOpenFlags.CloseOnExec, out FileDescriptor? fd));
            return fd!;
        })];
    }
}
