using System.Runtime.InteropServices;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Sessions;

/// <summary>fentry and fexit at functions of BPF programs, in the guest, whose kernel takes them.</summary>
public sealed partial class ProgramProbesTests
{
    private const string Traced = "tracepoint_syscalls_sys_enter_getppid";

    [Fact]
    [Trait("Machine", "Guest")]
    public void AProgramOfAnotherScriptIsTraced()
    {
        // The kernel lets go of a program a grace period after its script has ended.
        Assert.True(SpinWait.SpinUntil(static () => !new BpfTraceProbes().List("fexit:bpf:*getppid").Any(), TimeSpan.FromSeconds(20)));
        using BpfTraceSession other = Start($"tracepoint:syscalls:sys_enter_getppid /pid == {Environment.ProcessId}/ {{ @ = count(); }}");
        BpfTraceProbe listed = Assert.Single(new BpfTraceProbes().List($"fexit:bpf:{Traced}"));
        string name = listed.Name["fexit:bpf:".Length..];
        using BpfTraceSession session = Start($$"""
            fentry:bpf:{{Traced}} /pid == {{Environment.ProcessId}}/ { @called[probe, args.ctx != 0] = count(); }
            fexit:bpf:{{name}} /pid == {{Environment.ProcessId}}/ { @returned[retval] = count(); }
            fentry:bpf:*getppid /pid == {{Environment.ProcessId}}/ { @pattern = count(); }
            """);

        for (int i = 0; i < 5; i++)
            Assert.NotEqual(0, getppid());
        session.Stop();

        // A program at a tracepoint returns 1: others get the event, too.
        Assert.Equal($"@called[fentry:bpf:{name}, true]: 5\n@pattern: 5\n@returned[1]: 5\n", string.Concat(session.Read().Select(static o => o.Text)).Replace("\n\n", "\n", StringComparison.Ordinal));
        Assert.Equal(["ctx", "retval"], listed.Arguments.Select(static a => a.Name));
        Assert.Equal([$"fentry:bpf:{name}"], new BpfTraceProbes().List($"fentry:bpf:{name.Split(':')[0]}:*").Select(static p => p.Name));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void AProgramThatIsNotThereIsAnErrorWithTheNearest()
    {
        using BpfTraceSession other = Start("tracepoint:syscalls:sys_enter_getppid { @ = count(); }");

        ScriptException e = Assert.Throws<ScriptException>(() => Start("fentry:bpf:tracepoint_syscalls_sys_enter_getpid { @ = count(); }"));

        Assert.Contains("there is no BPF program with a function 'tracepoint_syscalls_sys_enter_getpid'", e.Message, StringComparison.Ordinal);
        Assert.Contains(Traced, e.ToString(), StringComparison.Ordinal);
        Assert.Contains("of program 4294967295", Assert.Throws<ScriptException>(() => Start("fentry:bpf:4294967295:x { @ = count(); }")).Message, StringComparison.Ordinal);
    }

    private static BpfTraceSession Start(string script) => BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, script) });

    [LibraryImport("libc")]
    private static partial int getppid();
}
