using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Patterns of the kernel's functions: attached by one link, and yet each has its name.</summary>
[Trait("Machine", "Guest")]
public sealed class KernelPatternTests
{
    [Theory]
    [InlineData("kprobe")]
    [InlineData("kretprobe")]
    public void EachFunctionIsTold(string kind)
    {
        var request = new BpfTraceRequest
        {
            Script = new ScriptSource("stdin", $"{kind}:vfs_rea*,{kind}:vfs_wri* /pid == cpid/ {{ @[probe] = count(); }}"),
            Command = ["/bin/sh", "-c", "read line < /proc/version; echo $line > /dev/null"],
            Duration = TimeSpan.FromSeconds(20),
        };

        using BpfTraceSession session = BpfTraceSession.Start(request);
        string[] keys = [.. session.Read().SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>().Select(static e => $"{e.Key}")];

        Assert.Contains($"{kind}:vfs_read", keys);
        Assert.Contains($"{kind}:vfs_write", keys);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
