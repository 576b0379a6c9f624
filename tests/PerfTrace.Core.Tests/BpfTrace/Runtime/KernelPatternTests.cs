using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Patterns of the kernel's functions: attached by one link, or by one each where there are no such links, and yet each has its name.</summary>
[Trait("Machine", "Guest")]
public sealed class KernelPatternTests
{
    [Theory]
    [InlineData("kprobe", false)]
    [InlineData("kretprobe", false)]
    [InlineData("kprobe", true)]
    [InlineData("kretprobe", true)]
    public void EachFunctionIsTold(string kind, bool isOneByOne)
    {
        var request = new BpfTraceRequest
        {
            Script = new ScriptSource("stdin", $"{kind}:vfs_rea*,{kind}:vfs_wri* /pid == cpid/ {{ @[probe] = count(); }}"),
            Command = ["/bin/sh", "-c", "read line < /proc/version; echo $line > /dev/null"],
            Duration = TimeSpan.FromSeconds(20),
            IsOneByOne = isOneByOne,
        };

        using BpfTraceSession session = BpfTraceSession.Start(request);
        string[] keys = [.. session.Read().SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>().Select(static e => $"{e.Key}")];

        Assert.Contains($"{kind}:vfs_read", keys);
        Assert.Contains($"{kind}:vfs_write", keys);
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.InRange(session.Attached, keys.Length, int.MaxValue);
    }

    [Fact]
    public void FunctionsThatShareANameAreToldApartByTheirAddresses()
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", "config = { max_probes = 100000 } kprobe:vfs_read,kprobe:*_show { @[probe] = count(); }"), ScriptOptions.Default);
        var types = new RecordTypes(script.Tree);
        using var probes = new ProbeTypes(types);
        var resolver = new ProbeResolver(probes, new ProbeOptions { IsOneByOne = true }, SystemPaths.Default);

        ProbeTarget[] targets = [.. CompiledScript.Compile(script, types, resolver).Programs.SelectMany(static p => p.Targets)];

        Assert.All(targets, static t => Assert.IsType<KProbeHook>(t.Hook));
        Assert.Contains(targets, static t => t.Hook is KProbeHook { Function: "vfs_read", Offset: 0 });
        ProbeTarget[][] shared = [.. targets.GroupBy(static t => t.Name).Where(static g => g.Count() > 1).Select(static g => g.ToArray())];
        Assert.NotEmpty(shared);
        Assert.All(shared, static same => Assert.Equal(same.Length, same.Select(static t => Assert.IsType<KProbeHook>(t.Hook) is { Function: "", Offset: > 0 } hook ? hook.Offset : 0).Distinct().Count()));
    }
}
