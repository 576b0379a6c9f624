using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

public sealed class KProbesTests : IDisposable
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    [Fact]
    public void A_kernel_without_kprobes_is_told_by_the_name_of_its_option()
    {
        using var tree = new TemporaryTree();
        TracingDirectory bare = TracingDirectory.Open(new SystemPaths(Tracing: tree.With("dynamic_events", "").Root));

        foreach (Action action in (Action[])[() => KProbes.List(bare), () => KProbes.Create(bare, Definition("vfs_read")), () => KProbes.NotFound(bare, "x")])
            Assert.Contains("CONFIG_KPROBE_EVENTS", Assert.Throws<KernelFeatureException>(action).Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG_UPROBE_EVENTS", Assert.Throws<KernelFeatureException>(() => UProbes.List(bare)).Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(tree["dynamic_events"]));
    }

    [Fact]
    public void A_kernel_before_dynamic_events_gets_the_line_in_the_file_of_the_kind()
    {
        using var tree = new TemporaryTree();
        tree.With("kprobe_events", "").With("error_log", "");
        TracingDirectory old = TracingDirectory.Open(new SystemPaths(Tracing: tree.Root));

        KProbe probe = KProbes.Create(old, Definition("vfs_read"), isOwned: false);
        KProbes.Create(old, Definition("vfs_write"), isOwned: false);

        Assert.Equal(["p:" + ProbeGroups.Session + "/vfs_read vfs_read", "p:" + ProbeGroups.Session + "/vfs_write vfs_write"], File.ReadAllLines(tree["kprobe_events"]));
        Assert.Equal("vfs_read", probe.Symbol);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_probe_records_arguments_of_every_kind_and_counts()
    {
        string[] arguments =
        [
            "filename=+0($arg2):ustring", "dfd=%di:s32", "c=$comm", "$stack", "s0=$stack0:x64", "low=%di:b4@0/32", "imm=\\7:u8", "at=@jiffies:u64", "flags=+0(%dx):x64",
        ];
        KProbe probe = KProbes.Create(Top, Definition("do_sys_openat2", arguments: arguments));
        KProbe ret = KProbes.Create(Top, Definition("do_sys_openat2", isReturn: true, maximum: 16, arguments: "fd=$retval:s32"));
        using var instance = new ScratchInstance();

        Enable(instance, probe, ret);
        Assert.False(File.Exists("/perftrace-no-such-file")); // stat
        Assert.Throws<FileNotFoundException>(() => File.ReadAllText("/perftrace-no-such-file"));
        string[] lines = instance.Directory.ReadText("trace").Split('\n');

        Assert.Contains(lines, l => l.Contains("filename=\"/perftrace-no-such-file\" dfd=-100 c=", StringComparison.Ordinal) && l.Contains(" imm=7 ", StringComparison.Ordinal) && l.Contains(" low=12 ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains(ret.Name + ":", StringComparison.Ordinal) && l.EndsWith(" fd=-2", StringComparison.Ordinal));
        Assert.True(probe.Hits > 0 && ret.Hits > 0);
        Assert.Equal(0, probe.Misses);
        Assert.Equal((16, true, "do_sys_openat2"), (ret.MaximumActive, ret.IsReturn, ret.Location));
        Assert.Equal(arguments.Select(a => a == "$stack" ? "arg4=$stack" : a), probe.Arguments.Select(a => a.ToString()));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void Arguments_by_the_names_of_the_source_are_those_of_BTF()
    {
        KProbe probe = KProbes.Create(Top, Definition("vfs_read", arguments: ["file", "n=count:u64", "pos=pos"]));

        Assert.Equal(["file=file", "n=count:u64", "pos=pos"], probe.Arguments.Select(a => a.ToString()));
        Assert.Equal(["file", "n", "pos"], TracepointCatalogue.List(Top).Single(t => t.Event == probe.Event).Fields.Where(f => f.Name[0] != '_').Select(f => f.Name));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void Offsets_and_addresses_are_places()
    {
        ulong address = Convert.ToUInt64(File.ReadLines("/proc/kallsyms").First(l => l.EndsWith(" vfs_write", StringComparison.Ordinal))[..16], 16);

        KProbe inside = KProbes.Create(Top, Definition("vfs_read+4")), at = KProbes.Create(Top, Definition($"0x{address:x}"));

        Assert.Equal(("vfs_read", 4ul, "vfs_read+4", null), (inside.Symbol, inside.Offset, inside.Location, inside.Address));
        Assert.Equal((null, 0ul), (at.Symbol, at.Offset));
        Assert.NotNull(at.Address);
        Assert.Equal((0L, 0L), (at.Hits, at.Misses));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_module_that_is_not_loaded_is_waited_for()
    {
        KProbe probe = KProbes.Create(Top, Definition("overlay:ovl_open"));

        Assert.Equal(("overlay", "ovl_open"), (probe.Module, probe.Symbol));
        Assert.Equal(!Directory.Exists("/sys/module/overlay"), KProbes.IsWaiting(Top, KProbeLocation.Parse("overlay:ovl_open")));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_place_that_is_none_is_a_specific_error()
    {
        Assert.Contains("vfs_read", Assert.Throws<SymbolNotFoundException>(() => KProbes.Create(Top, Definition("vfs_raed"))).Suggestions);
        Assert.Contains("blacklist", Assert.Throws<ProbePlaceException>(() => KProbes.Create(Top, Definition("asm_exc_divide_error"))).Message, StringComparison.Ordinal);
        var boundary = Assert.Throws<TraceCommandException>(() => KProbes.Create(Top, Definition("vfs_read+0x100000")));
        Assert.Contains("boundary", boundary.Reason, StringComparison.Ordinal);
        Assert.Equal(boundary.Command.IndexOf("vfs_read+", StringComparison.Ordinal), boundary.Position);
        Assert.Contains("entry", Assert.Throws<TraceCommandException>(() => KProbes.Create(Top, Definition("vfs_read+9", isReturn: true))).Reason, StringComparison.Ordinal);
        Assert.Throws<TraceCommandException>(() => KProbes.Create(Top, Definition("vfs_read", arguments: "x=no_such_parameter")));
        KProbe first = KProbes.Create(Top, Definition("vfs_read"));
        Assert.Throws<ProbeExistsException>(() => KProbes.Create(Top, Definition("vfs_read")));
        Assert.Contains(first.Name, KProbes.NotFound(Top, "vfs_raed").Suggestions);
        Assert.Single(KProbes.List(Top), p => p.Group == ProbeGroups.Session);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_probe_in_use_is_busy_until_it_is_forced_or_its_session_ends()
    {
        KProbe forced = KProbes.Create(Top, Definition("vfs_read")), ended = KProbes.Create(Top, Definition("vfs_write"));
        using var instance = new ScratchInstance();
        Enable(instance, forced, ended);

        Assert.Contains(instance.Name, Assert.Throws<ProbeBusyException>(() => KProbes.Remove(Top, forced)).Message, StringComparison.Ordinal);
        KProbes.Remove(Top, forced, force: true);
        Assert.Throws<ProbeNotFoundException>(() => KProbes.Remove(Top, forced));

        Assert.Empty(TraceSession.Current.ReleaseAll());
        Assert.DoesNotContain(KProbes.List(Top), p => p.Event == ended.Event);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void The_blacklist_is_read_by_whole_names()
    {
        Assert.True(KProbeBlacklist.Contains(SystemPaths.Default, "asm_exc_divide_error"));
        Assert.False(KProbeBlacklist.Contains(SystemPaths.Default, "exc_divide_error_"));
        Assert.False(KProbeBlacklist.Contains(SystemPaths.Default, "vfs_read"));
    }

    public void Dispose()
    {
        if (!Top.Exists("kprobe_events"))
            return;
        foreach (KProbe probe in KProbes.List(Top).Where(p => p.Group == ProbeGroups.Session))
            KProbes.Remove(Top, probe, force: true);
    }

    private static KProbeDefinition Definition(string location, bool isReturn = false, int? maximum = null, params string[] arguments)
    {
        KProbeLocation place = KProbeLocation.Parse(location);
        return new KProbeDefinition(ProbeGroups.Session, ProbeOwnership.NameFor(place.Symbol, place.Offset, isReturn), place, isReturn, maximum, [.. arguments.Select(ProbeArgument.Parse)]);
    }

    private static void Enable(ScratchInstance instance, params KProbe[] probes)
    {
        foreach (KProbe probe in probes)
            File.WriteAllText(Path.Combine(instance.Directory.Path, "events", probe.Group, probe.Name, "enable"), "1");
    }
}
