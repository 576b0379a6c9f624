using System.Text.Json;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Features;

public sealed class BpfFeaturesTests
{
    // Not told right by bpftool 7.1 on kernels that are newer: it asks for type 1 of the kernel's types, whatever that is.
    private static readonly HashSet<string> NotComparable = ["tracing", "ext", "lsm"];

    private static readonly Lazy<JsonElement> Theirs = new(static () => Bpftool.Json("feature", "probe", "kernel"));

    [Fact]
    [Trait("Machine", "Both")]
    public void Program_types_are_those_of_bpftool()
    {
        Dictionary<string, bool?> ours = Probe(BpfFeatureKind.ProgramType).ToDictionary(static f => f.Name, static f => f.IsAvailable);
        foreach ((string name, bool isThere) in Listed("program_types", "_prog_type"))
        {
            if (!NotComparable.Contains(name))
                Assert.Equal((name, isThere), (name, ours[name]));
        }
        Assert.True(ours["tracing"]); // a typed tracepoint or an iterator at least
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Map_types_are_those_of_bpftool()
    {
        Dictionary<string, bool?> ours = Probe(BpfFeatureKind.MapType).ToDictionary(static f => f.Name, static f => f.IsAvailable);
        (string Name, bool IsThere)[] theirs = [.. Listed("map_types", "_map_type")];
        Assert.InRange(theirs.Length, 25, 100);
        foreach ((string name, bool isThere) in theirs)
            Assert.Equal((name, isThere), (name, ours[name]));
    }

    [Fact]
    public void Settings_options_and_instructions_are_those_of_bpftool()
    {
        JsonElement system = Theirs.Value.GetProperty("system_config");
        foreach (BpfFeature setting in Probe(BpfFeatureKind.Sysctl))
        {
            if (system.TryGetProperty(setting.Name[(setting.Name.LastIndexOf('.') + 1)..], out JsonElement value))
                Assert.Equal(value.GetInt64(), setting.Value);
        }
        int options = 0;
        foreach (BpfFeature option in Probe(BpfFeatureKind.Configuration))
        {
            if (!system.TryGetProperty(option.Name, out JsonElement value))
                continue;
            Assert.Equal((option.Name, value.GetString()), (option.Name, option.Value));
            options++;
        }
        Assert.InRange(options, 25, 100);
        Dictionary<string, bool?> ours = Probe(BpfFeatureKind.Limit, BpfFeatureKind.Instruction).ToDictionary(static f => f.Name, static f => f.IsAvailable);
        foreach (JsonProperty one in Theirs.Value.GetProperty("misc").EnumerateObject())
            Assert.Equal((one.Name, one.Value.GetBoolean()), (one.Name, ours[one.Name["have_".Length..]]));
        Assert.Equal(1_000_000L, Probe(BpfFeatureKind.Limit).Single(static f => f.Name == "verified_instructions").Value);
    }

    [Fact]
    public void A_helper_is_there_for_the_programs_that_may_call_it()
    {
        Dictionary<(string?, string), bool?> helpers = Probe(BpfFeatureKind.Helper).ToDictionary(static f => (f.ProgramType, f.Name), static f => f.IsAvailable);

        Assert.True(helpers[("socket_filter", "bpf_map_lookup_elem")]);
        Assert.True(helpers[("xdp", "bpf_xdp_adjust_head")]);
        Assert.False(helpers[("socket_filter", "bpf_xdp_adjust_head")]);
        Assert.True(helpers[("sched_cls", "bpf_skb_store_bytes")]);
        Assert.False(helpers[("xdp", "bpf_skb_store_bytes")]);
        Assert.True(helpers[("kprobe", "bpf_get_stackid")]);
        Assert.True(helpers[("tracing", "bpf_ringbuf_output")]);
        Assert.False(helpers[("sock_ops", "bpf_get_stackid")]);
        // All of the kernel's, for each kind of program that can be loaded without a type.
        int count = BtfTypes.Kernel.Find("bpf_func_id", BtfKind.Enum)!.Enumerators.Count(static e => e.Bits > 0 && e.Name.StartsWith("BPF_FUNC_", StringComparison.Ordinal));
        Assert.All(helpers.GroupBy(static h => h.Key.Item1), g => Assert.Equal(count, g.Count()));
    }

    [Fact]
    public void Links_attachments_and_types_are_tried()
    {
        Dictionary<string, bool?> found = Probe(BpfFeatureKind.LinkType, BpfFeatureKind.Attachment, BpfFeatureKind.Btf, BpfFeatureKind.SystemCall)
            .ToDictionary(static f => $"{f.Kind} {f.Name}", static f => f.IsAvailable);

        Assert.True(found["SystemCall bpf"]);
        Assert.True(found["LinkType perf_event"]);
        Assert.True(found["LinkType cgroup"]);
        Assert.True(found["Attachment tp_btf"]);
        Assert.True(found["Attachment iter"]);
        Assert.True(found["Btf vmlinux"]);
        Assert.All(((string[])["func", "func_global", "datasec", "float", "decl_tag", "type_tag", "enum64"]), n => Assert.True(found[$"Btf {n}"]));
    }

    [Fact]
    public void A_stop_ends_it_and_nothing_stays_open()
    {
        using var stop = new CancellationTokenSource();
        int count = 0;
        foreach (BpfFeature _ in BpfFeatures.Probe(stop: stop.Token))
        {
            if (++count == 10)
                stop.Cancel();
        }
        Assert.Equal(10, count);
        Descriptors.AssertNoneLeaked(static () => _ = BpfFeatures.Probe([BpfFeatureKind.ProgramType, BpfFeatureKind.MapType, BpfFeatureKind.LinkType, BpfFeatureKind.Btf]).Count());
    }

    private static List<BpfFeature> Probe(params BpfFeatureKind[] kinds) => [.. BpfFeatures.Probe(kinds)];

    private static IEnumerable<(string Name, bool IsThere)> Listed(string section, string suffix) =>
        Theirs.Value.GetProperty(section).EnumerateObject().Select(p => (p.Name["have_".Length..^suffix.Length], p.Value.GetBoolean()));
}
