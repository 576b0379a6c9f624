using System.Net;
using System.Net.Sockets;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Links;

/// <summary>XDP and TCX at <c>lo</c>, with programs that let everything pass.</summary>
public sealed class InterfaceHookTests
{
    private const int Pass = 2, Next = -1; // XDP_PASS, TCX_NEXT

    [Fact]
    public void XdpSeesPacketsUntilTheLinkIsDisposedOf()
    {
        using var linked = new BpfLinks(BpfProgramType.Xdp, result: Pass);
        BpfLink link = Assert.Single(linked.Attach(new XdpHook("lo", BpfXdpMode.Generic)));

        Assert.Equal((BpfLinkType.Xdp, "lo"), (link.Type, link.Target));
        Assert.InRange(linked.Count(SendPacket), 1ul, ulong.MaxValue);

        using var second = new BpfLinks(BpfProgramType.Xdp, result: Pass);
        var busy = Assert.ThrowsAny<KernelException>(() => second.Attach(new XdpHook("lo", BpfXdpMode.Generic)));
        Assert.Contains("has an XDP program already", busy.Advice, StringComparison.Ordinal);

        BpfLinker.Update(link, second.Program, null);
        Assert.InRange(second.Count(SendPacket), 1ul, ulong.MaxValue);
        linked.Detach();
        second.AssertIsOff(SendPacket);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TcxSeesPacketsUntilTheLinkIsDisposedOf(bool isEgress)
    {
        using var linked = new BpfLinks(BpfProgramType.SchedulerClassifier, result: Next);
        try
        {
            linked.Attach(new TcxHook("lo", isEgress));
        }
        catch (KernelException e) when (Environment.OSVersion.Version < new Version(6, 6))
        {
            Assert.Contains("6.6", e.Advice, StringComparison.Ordinal);
            return;
        }

        Assert.InRange(linked.Count(SendPacket), 1ul, ulong.MaxValue);
        linked.Detach();
        linked.AssertIsOff(SendPacket);
    }

    [Fact]
    public void AnUnknownInterfaceIsTold()
    {
        using var linked = new BpfLinks(BpfProgramType.Xdp, result: Pass);

        Assert.Contains("lo", Assert.Throws<BpfInterfaceNotFoundException>(() => linked.Attach(new XdpHook("nosuch0", BpfXdpMode.Any))).Message, StringComparison.Ordinal);
        Assert.Throws<BpfInterfaceNotFoundException>(() => linked.Attach(new XdpHook("../lo/x", BpfXdpMode.Any)));
    }

    private static void SendPacket()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new UdpClient();
        sender.Send([1, 2, 3], (IPEndPoint)receiver.Client.LocalEndPoint!);
        IPEndPoint? from = null;
        Assert.Equal([1, 2, 3], receiver.Receive(ref from));
    }
}
