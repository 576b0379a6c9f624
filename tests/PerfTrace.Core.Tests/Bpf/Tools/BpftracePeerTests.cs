using System.Diagnostics;
using PerfTrace.Bpf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Tools;

/// <summary>The tools and one-liners of bpftrace watch the same workload at the same time, and count the same.</summary>
[Trait("Machine", "Both")]
public sealed class BpftracePeerTests : BpfToolFixture
{
    [Fact]
    public void Execsnoop_and_opensnoop_count_what_bpftrace_counts()
    {
        // Names that nobody else has.
        using var tree = new TemporaryTree();
        string name = $"pt{Environment.ProcessId % 100_000}w", program = tree[name];
        File.Copy("/bin/cat", program);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        tree.With("there", "x");
        string script = $$"""
            BEGIN { printf("ready\n"); }
            tracepoint:sched:sched_process_exec /comm == "{{name}}"/ { @exec = count(); }
            tracepoint:sched:sched_process_exit /comm == "{{name}}" && pid == tid/ { @exit = count(); }
            tracepoint:syscalls:sys_exit_openat /comm == "{{name}}" && args->ret >= 0/ { @opened = count(); }
            tracepoint:syscalls:sys_exit_openat /comm == "{{name}}" && args->ret < 0/ { @failed = count(); }
            """;
        using var peer = Process.Start(new ProcessStartInfo("bpftrace", ["-e", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (peer.StandardOutput.ReadLine() is { } line && line != "ready")
            Assert.False(peer.HasExited);

        BpfToolOptions options = new() { CommandName = name };
        List<OpenEvent> opens = [];
        List<ExitEvent> exits = [];
        List<ExecEvent> execs = Watch<ExecEvent>("execsnoop", options, () =>
            exits = Watch<ExitEvent>("exitsnoop", options, () =>
                opens = Watch<OpenEvent>("opensnoop", options, () => Command.Run("/bin/sh", ["-c", $"for i in $(seq 40); do {program} {tree["there"]} {tree["gone"]}; done"]))));
        Command.Run("kill", ["-INT", $"{peer.Id}"]);
        string said = peer.StandardOutput.ReadToEnd();
        Assert.True(peer.WaitForExit(10_000));

        Assert.Equal(40, execs.Count);
        Assert.Equal(40, exits.Count);
        Assert.Contains($"@exec: {execs.Count}", said, StringComparison.Ordinal);
        Assert.Contains($"@exit: {exits.Count}", said, StringComparison.Ordinal);
        Assert.Contains($"@opened: {opens.Count(static o => o.Descriptor is not null)}\n", said, StringComparison.Ordinal);
        Assert.Contains($"@failed: {opens.Count(static o => o.Descriptor is null)}\n", said, StringComparison.Ordinal);
        Assert.Equal(40, opens.Count(o => o.Path == tree["there"]));
    }
}
