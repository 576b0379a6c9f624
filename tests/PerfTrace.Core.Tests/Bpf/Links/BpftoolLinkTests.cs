using System.Globalization;
using System.Text.Json;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Links;

/// <summary>The same links, by bpftool and by us.</summary>
[Trait("Machine", "Both")]
public sealed class BpftoolLinkTests
{
    [Fact]
    public void ARawTracepoint()
    {
        using var linked = new BpfLinks(BpfProgramType.RawTracepoint);
        BpfLink link = Assert.Single(linked.Attach(new RawTracepointHook("sched_process_exit")));
        JsonElement expected = Compare(link);
        Assert.Equal(expected.GetProperty("tp_name").GetString(), link.Target);
        // Who uses what: the program knows its link, and this process holds both.
        BpfProgram program = BpfProgram.Read(linked.Program.Id)!;
        Assert.Equal([link.Id], program.LinkId);
        Assert.Contains(BpfLink.Read(link.Id)!.Process, static p => p.ProcessId == Environment.ProcessId);
        Assert.Contains(BpfLink.ReadAll(), l => l.Id == link.Id);
    }

    [Fact]
    public void APerfEvent()
    {
        using var linked = new BpfLinks(BpfProgramType.Tracepoint);
        foreach (BpfLink link in linked.Attach(TracepointHook.Find("sched:sched_process_exit")))
        {
            Compare(link);
            Assert.Equal(BpfLinkType.PerfEvent, link.Type);
        }
    }

    [Fact]
    public void AnInterface()
    {
        using var linked = new BpfLinks(BpfProgramType.Xdp, result: 2); // XDP_PASS
        BpfLink link = Assert.Single(linked.Attach(new XdpHook("lo", BpfXdpMode.Generic)));
        Compare(link);
        Assert.Equal(("lo", 1U), (link.Target, link.InterfaceIndex));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void AFunctionOfTheKernel()
    {
        uint type = BtfTypes.Kernel.Find("vfs_read", BtfKind.Function)!.Id;
        using var linked = new BpfLinks(BpfProgramType.Tracing, BpfAttachType.TraceFEntry, type);
        BpfLink link = Assert.Single(linked.Attach(new TracingHook("vfs_read")));
        JsonElement expected = Compare(link);
        // bpftool 7.1 does not write the function yet.
        Assert.Equal(expected.GetProperty("attach_type").GetString(), link.PlaceKind);
        Assert.Equal(type, link.TargetBtfId);
        Assert.Equal("vfs_read", link.Target);
        Assert.Equal("trace_fentry", link.PlaceKind);
    }

    private static JsonElement Compare(BpfLink link)
    {
        JsonElement expected = Bpftool.Json("link", "show", "id", link.Id.ToString(CultureInfo.InvariantCulture));
        if (expected.ValueKind == JsonValueKind.Array)
            expected = expected[0];
        Assert.Equal(expected.GetProperty("id").GetUInt32(), link.Id);
        Assert.Equal(expected.GetProperty("type").GetString(), BpfNames.Of(link.Type));
        Assert.Equal(expected.GetProperty("prog_id").GetUInt32(), link.ProgramId);
        return expected;
    }
}
