using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Iterators that are kept as files.</summary>
public sealed class ScriptPinTests : IDisposable
{
    private readonly string _name = $"perftrace-test-{Guid.NewGuid():N}";

    private string Path => $"/sys/fs/bpf/{_name}";

    public void Dispose()
    {
        File.Delete(Path);
        File.Delete($"{Path}-first");
    }

    private static List<BpfTraceOutput> Run(string script)
    {
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", script), Duration = TimeSpan.FromSeconds(20) });
        return [.. session.Read()];
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void WhoReadsTheFileHasTheProgramRun()
    {
        BpfTraceOutput output = Assert.Single(Run($"iter:task:{_name} {{ printf(\"%s:%d\\n\", ctx.task.comm, ctx.task.pid); }}"));

        Assert.Equal($"Program pinned to {Path}\n", output.Text);
        Assert.Equal((Path, BpfObjectKind.Link, "iter"), Assert.IsType<BpfPin>(Assert.Single(output.Objects)) is var pin ? (pin.Path, pin.Kind, pin.Type) : default);
        string[] tasks = File.ReadAllLines(Path);
        Assert.Contains($"{File.ReadAllText("/proc/self/comm").TrimEnd('\n')}:{Environment.ProcessId}", tasks);
        Assert.True(tasks.Length > 5, $"{tasks.Length} tasks");
        Assert.All(tasks, static t => Assert.Matches(@":\d+$", t));
        // It is there until its name is gone.
        Assert.Equal(tasks.Length, File.ReadAllLines(Path).Length, 20.0);
    }

    [Fact]
    public void FormatsAreThoseOfPrintf()
    {
        Run($$"""
            iter:task:{{_name}}
            {
                if (ctx.task.pid == {{Environment.ProcessId}})
                {
                    printf("%5d|%-4d|%04d|%d|%u|%x|%X|%lld|%hhu|%c", 42, 7, 42, (int64)-1, -1, 255, 255, (int64)-1, 257, 65);
                    printf("|%p|%s|%-6s|%s|100%%\n", 4096, "text", "ab", -5);
                }
            }
            """);

        Assert.Equal(["   42|7   |0042|-1|4294967295|ff|FF|-1|1|A|0x1000|text|ab    |-5|100%"], File.ReadAllLines(Path));
    }

    [Fact]
    public void ANameThatIsTakenStaysWhoseItIs()
    {
        Run($"iter:task:{_name} {{ if (ctx.task.pid == {Environment.ProcessId}) {{ printf(\"first\\n\"); }} }}");

        ScriptException error = Assert.Throws<ScriptException>(() => Run($"iter:task:{_name}-first {{ printf(\"x\\n\"); }} iter:task:{_name} {{ printf(\"second\\n\"); }}"));

        Assert.Contains("There is something at that path already", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists($"{Path}-first"));
        Assert.Equal("first\n", File.ReadAllText(Path));
    }

    [Fact]
    public void WhatElseTheScriptHasRuns()
    {
        List<BpfTraceOutput> all = Run($"iter:task:{_name} {{ printf(\"%d\\n\", ctx.task.pid); }} interval:ms:20 {{ printf(\"tick\\n\"); exit(); }}");

        Assert.Equal([$"Program pinned to {Path}\n", "tick\n"], all.Select(static o => o.Text));
        Assert.Contains($"{Environment.ProcessId}", File.ReadAllLines(Path));
    }

    [Fact]
    public void PathsAreInTheBpfFileSystem() => Assert.Contains("Pins live in the BPF file system alone", Assert.Throws<KernelAccessException>(() => Run("iter:task:/tmp/perftrace-x { printf(\"x\\n\"); }")).Message, StringComparison.Ordinal);
}
