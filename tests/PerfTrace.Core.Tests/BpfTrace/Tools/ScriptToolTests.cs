using System.Diagnostics;
using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Tools;

/// <summary>The tools that are scripts, each beside a load whose events are known.</summary>
[Trait("Machine", "Both")]
public sealed class ScriptToolTests
{
    public static TheoryData<string> Names => [.. ScriptTools.All.Select(static t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EachIsTakenByTheKernelWithAllItsOptions(string name)
    {
        BpfTool tool = Tool(name);
        Assert.StartsWith("// SPDX-License-Identifier: MIT\n", tool.Script, StringComparison.Ordinal);
        Assert.Equal($"{name}.bt", tool.Program);
        if (!tool.IsAvailable)
        {
            Assert.Contains("kprobes", Assert.Throws<BpfToolUnavailableException>(() => ScriptTools.Request(tool, new BpfToolOptions())).Message, StringComparison.Ordinal);
            return;
        }
        foreach (BpfToolOptions options in (BpfToolOptions[])[new(), AllOptions(tool)])
        {
            using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(tool, options with { Duration = TimeSpan.FromMilliseconds(30) }));
            Assert.Empty(session.Warnings);
            Assert.InRange(session.Attached, 1, 2000);
            // Nobody has the name that was asked for.
            if (options.CommandName is not null)
                Assert.Empty(session.Read().SelectMany(static o => o.Objects));
        }
    }

    [Fact]
    public void ItsParametersAreThoseThatTheScriptAsksFor()
    {
        foreach (BpfTool tool in ScriptTools.All)
        {
            string script = tool.Script!;
            Assert.Equal(tool.Parameters.Contains("ProcessId"), script.Contains("getopt(\"pid\"", StringComparison.Ordinal));
            Assert.Equal(tool.Parameters.Contains("CommandName"), script.Contains("getopt(\"comm\"", StringComparison.Ordinal));
            Assert.Equal(tool.Parameters.Contains("FailedOnly"), script.Contains("getopt(\"failed\"", StringComparison.Ordinal));
            Assert.Equal(tool.Parameters.Contains("MinimumDuration"), script.Contains("getopt(\"minimum\"", StringComparison.Ordinal));
            Assert.Equal(tool.Parameters.Contains("LocalPort"), script.Contains("getopt(\"local_port\"", StringComparison.Ordinal));
            Assert.Equal(tool.Parameters.Contains("Interval"), script.Contains("interval:ms:$1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void KillsnoopTellsOfSignals()
    {
        object[] all = Run("killsnoop", "sleep 9 & kill -USR1 $!; kill -0 $$; kill -9 2147483646 2> /dev/null; true");

        Assert.Equal([10, 0, 9], all.Select(static p => Number(p, "Signal")));
        Assert.Equal([0, 0, -3], all.Select(static p => Number(p, "Result")));
        Assert.Equal(2147483646, Number(all[2], "TargetId"));
        Assert.Equal([-3], Run("killsnoop", "kill -0 $$; kill -9 2147483646 2> /dev/null; true", new BpfToolOptions { FailedOnly = true }).Select(static p => Number(p, "Result")));
    }

    [Fact]
    public void StatsnoopTellsOfFiles() => Assert.Contains(("/no/such/file", -2L), Run("statsnoop", "[ -e /no/such/file ]; true").Select(static p => ((string)Value(p, "Path")!, Number(p, "Result"))));

    [Fact]
    public void SetuidsTellsOfUsers()
    {
        object print = Assert.Single(Run("setuids", "exec python3 -c 'import os; os.setuid(65534)'"));

        Assert.Equal((0L, 65534L, 0L), (Number(print, "UserId"), Number(print, "NewUserId"), Number(print, "Result")));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 1)]
    [InlineData(40, 0)]
    public void NaptimeTellsOfSleeps(int minimum, int expected)
    {
        object[] all = Run("naptime", "exec sleep 0.03", new BpfToolOptions { MinimumDuration = TimeSpan.FromMilliseconds(minimum) });

        Assert.Equal(expected, all.Length);
        Assert.All(all, static p => Assert.Equal(30_000, Number(p, "Microseconds")));
    }

    [Fact]
    public void ThreadsnoopTellsOfThreads()
    {
        object[] all = Run("threadsnoop", "exec python3 -c 'import threading, time\nfor i in range(3):\n  t = threading.Thread(target=lambda: None); t.start(); t.join()'");

        Assert.Equal(3, all.Length);
        Assert.DoesNotContain(all, static p => Number(p, "NewThreadId") == Number(p, "ProcessId"));
    }

    [Fact]
    public void SyncsnoopTellsOfCalls()
    {
        string file = Path.GetTempFileName();
        object print = Assert.Single(Run("syncsnoop", $"exec dd if=/dev/zero of={file} bs=4k count=1 conv=fsync 2> /dev/null"));
        File.Delete(file);

        Assert.Equal((0L, "tracepoint:syscalls:sys_exit_fsync"), (Number(print, "Result"), (string)Value(print, "Call")!));
    }

    [Fact]
    public void TcpstatesTellsOfConnections()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(Tool("tcpstates"), new BpfToolOptions { RemotePort = port, Duration = TimeSpan.FromMilliseconds(700) }));
        using (var client = new System.Net.Sockets.TcpClient(System.Net.Sockets.AddressFamily.InterNetwork))
            client.Connect(System.Net.IPAddress.Loopback, port);
        object[] all = [.. session.Read().SelectMany(static o => o.Objects)];

        Assert.Equal(["SynSent", "Established"], all.Take(2).Select(static p => (string)Value(p, "NewState")!));
        Assert.All(all, p => Assert.Equal((port, "127.0.0.1"), ((int)Number(p, "RemotePort"), Value(p, "RemoteAddress")!.ToString())));
    }

    [Fact]
    public void TcpretransTellsOfSegmentsThatHadNoAnswer()
    {
        // A queue that is full drops what asks to connect, and TCP asks again after a second.
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        int port = ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
        using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(Tool("tcpretrans"), new BpfToolOptions { RemotePort = port, Duration = TimeSpan.FromSeconds(5) }));
        var clients = Enumerable.Range(0, 5).Select(static _ => new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { Blocking = false }).ToArray();
        foreach (System.Net.Sockets.Socket client in clients)
            Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => client.Connect(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port)));

        object first = session.Read().SelectMany(static o => o.Objects).First();
        foreach (System.Net.Sockets.Socket client in clients)
            client.Dispose();

        Assert.Equal((port, 2L), ((int)Number(first, "RemotePort"), Number(first, "State")));
    }

    [Fact]
    public void SkbdropTellsWhy()
    {
        using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(Tool("skbdrop"), new BpfToolOptions { Duration = TimeSpan.FromMilliseconds(300) }));
        using (var socket = new System.Net.Sockets.UdpClient())
        {
            for (int i = 0; i < 5; i++)
                socket.Send([1], new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        }
        BpfTraceMapEntry[] entries = [.. session.Read().SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>()];

        Assert.InRange((long)Assert.Single(entries, static e => e.ToString().Contains("NO_SOCKET", StringComparison.Ordinal) && e.ToString().Contains("udp4", StringComparison.Ordinal)).Value!, 5, 1000);
    }

    [Theory]
    [InlineData("pagefaults")]
    [InlineData("syscount")]
    [InlineData("syscalltime")]
    public void WhatOneProcessDoesIsCounted(string name)
    {
        object[] all = Run(name, "exec cat /dev/null");

        Assert.NotEmpty(all);
        if (name == "syscount")
            Assert.Contains(all.Cast<BpfTraceMapEntry>(), static e => e.ToString().StartsWith("@calls[cat, tracepoint:syscalls:sys_enter_openat]: ", StringComparison.Ordinal));
        if (name == "syscalltime")
            Assert.Contains(all.Cast<BpfTraceMapEntry>(), static e => e.Key is "tracepoint:syscalls:sys_exit_openat" && e.Buckets!.Sum(static b => b.Count) > 0);
    }

    [Theory]
    [InlineData("cpuwalk", "@samples")]
    [InlineData("runqlen", "@waiting")]
    [InlineData("softirqs", "@nanoseconds")]
    [InlineData("pidpersec", "@processes")]
    public void AnIntervalGivesMapsAgainAndAgain(string name, string map)
    {
        using Process load = Shell("while :; do /bin/true; done");
        try
        {
            // Until two have come: on a busy machine that takes longer than two intervals.
            using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(Tool(name), new BpfToolOptions { Interval = TimeSpan.FromMilliseconds(150), Duration = TimeSpan.FromSeconds(60) }));
            BpfTraceOutput[] batches = [.. session.Read().Where(static o => o.Objects.Length > 0).Take(2)];

            Assert.Equal(2, batches.Length);
            Assert.All(batches.SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>(), e => Assert.Equal(map, e.Map));
        }
        finally
        {
            load.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void VfsstatCountsCalls() =>
        Assert.Contains(RunAll("vfsstat", "cat /etc/passwd > /dev/null").Cast<BpfTraceMapEntry>(), static e => $"{e.Key}" == "vfs_read" && (long)e.Value! > 0);

    [Fact]
    [Trait("Machine", "Guest")]
    public void CapableTellsOfCapabilities() => Assert.NotEmpty(Run("capable", "exec chown 1 /proc/self/comm 2> /dev/null"));

    private static BpfTool Tool(string name) => BpfTools.Find(name, ScriptTools.All);

    private static BpfToolOptions AllOptions(BpfTool tool) => new()
    {
        ProcessIds = tool.Parameters.Contains("ProcessId") ? [Environment.ProcessId] : [],
        CommandName = tool.Parameters.Contains("CommandName") ? "no such comm" : null,
        FailedOnly = tool.Parameters.Contains("FailedOnly"),
        MinimumDuration = tool.Parameters.Contains("MinimumDuration") ? TimeSpan.FromSeconds(1) : TimeSpan.Zero,
        Interval = tool.Parameters.Contains("Interval") ? TimeSpan.FromSeconds(100) : null,
        LocalPort = tool.Parameters.Contains("LocalPort") ? 1 : 0,
        RemotePort = tool.Parameters.Contains("RemotePort") ? 1 : 0,
    };

    // Of one process, which begins when the tool is at work.
    private static object[] Run(string name, string script, BpfToolOptions? options = null)
    {
        using Process shell = Shell($"read line; {script}");
        object[] all = RunWith(name, (options ?? new BpfToolOptions()) with { ProcessIds = [shell.Id] }, shell);
        return all;
    }

    private static object[] RunAll(string name, string script)
    {
        using Process shell = Shell($"read line; {script}");
        return RunWith(name, new BpfToolOptions(), shell);
    }

    private static object[] RunWith(string name, BpfToolOptions options, Process shell)
    {
        using BpfTraceSession session = BpfTraceSession.Start(ScriptTools.Request(Tool(name), options with { Duration = TimeSpan.FromSeconds(30) }));
        shell.StandardInput.WriteLine();
        shell.WaitForExit();
        session.Stop();
        return [.. session.Read().SelectMany(static o => o.Objects)];
    }

    private static Process Shell(string script) => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardInput = true, RedirectStandardError = true })!;

    private static object? Value(object print, string name) => print.GetType().GetProperty(name)?.GetValue(print);

    private static long Number(object print, string name) => Convert.ToInt64(Value(print, name), CultureInfo.InvariantCulture);
}
