using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Links;

public sealed class CGroupHookTests
{
    private static readonly string? Root = MountEntry.ReadAll(SystemPaths.Default).FirstOrDefault(m => m.Type == "cgroup2")?.MountPoint;

    [Fact]
    public void TheProgramIsInTheGroupUntilTheLinkIsDisposedOf()
    {
        Assert.SkipWhen(Root is null, "cgroup2 is not mounted.");
        using var linked = new BpfLinks(BpfProgramType.CGroupSock, BpfAttachType.CGroupInetSockCreate, result: 1);
        BpfLink link = Assert.Single(linked.Attach(CGroupHook.Find(linked.Program, "/", null)));

        Assert.Equal((BpfLinkType.CGroup, BpfAttachType.CGroupInetSockCreate), (link.Type, link.AttachType ?? default));
        Assert.InRange(linked.Count(MakeSocket), 1ul, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(MakeSocket);
    }

    [Fact]
    public void TheProgramOfALinkIsExchangedInPlace()
    {
        Assert.SkipWhen(Root is null, "cgroup2 is not mounted.");
        using var first = new BpfLinks(BpfProgramType.CGroupSock, BpfAttachType.CGroupInetSockCreate, result: 1);
        using var second = new BpfLinks(BpfProgramType.CGroupSock, BpfAttachType.CGroupInetSockCreate, result: 1);
        BpfLink link = Assert.Single(first.Attach(CGroupHook.Find(first.Program, Root!, null)));

        var wrong = Assert.ThrowsAny<KernelException>(() => BpfLinker.Update(link, second.Program, second.Program));
        Assert.Contains($"that is {first.Program.Id}", wrong.Advice, StringComparison.Ordinal);
        BpfLinker.Update(link, second.Program, first.Program);

        Assert.Equal(second.Program.Id, BpfLink.Read(link.Id)!.ProgramId);
        Assert.Equal(0ul, first.Count(MakeSocket));
        Assert.InRange(second.Count(MakeSocket), 1ul, ulong.MaxValue);
    }

    [Fact]
    public void ALinkIsDetachedWhoeverHoldsIt()
    {
        Assert.SkipWhen(Root is null, "cgroup2 is not mounted.");
        using var linked = new BpfLinks(BpfProgramType.CGroupSock, BpfAttachType.CGroupInetSockCreate, result: 1);
        BpfLink link = Assert.Single(linked.Attach(CGroupHook.Find(linked.Program, Root!, null)));

        BpfLinker.Detach(BpfLink.Read(link.Id)!);

        Assert.Equal(0ul, linked.Count(MakeSocket));
        Assert.NotNull(BpfLink.Read(link.Id)); // it is still held, without effect
    }

    [Fact]
    public void BadInputIsTold()
    {
        Assert.SkipWhen(Root is null, "cgroup2 is not mounted.");
        using var socket = new BpfLinks(BpfProgramType.CGroupSock, BpfAttachType.CGroupInetSockCreate, result: 1);
        using var packet = new BpfLinks(BpfProgramType.CGroupSkb, result: 1);

        Assert.Throws<DirectoryNotFoundException>(() => CGroupHook.Find(socket.Program, "no/such/group", null));
        Assert.Contains("cgroup_inet_egress", Assert.Throws<BpfHookException>(() => CGroupHook.Find(packet.Program, "/", null)).Message, StringComparison.Ordinal);
        Assert.Contains("no cookie", Assert.Throws<BpfHookException>(() => socket.Attach(CGroupHook.Find(socket.Program, "/", null), 1)).Message, StringComparison.Ordinal);
        var wrong = Assert.ThrowsAny<KernelException>(() => socket.Attach(CGroupHook.Find(socket.Program, "/", BpfAttachType.CGroupInet4Connect)));
        Assert.Contains("cgroup_inet4_connect", wrong.Advice, StringComparison.Ordinal);
    }

    private static void MakeSocket() => new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp).Dispose();
}
