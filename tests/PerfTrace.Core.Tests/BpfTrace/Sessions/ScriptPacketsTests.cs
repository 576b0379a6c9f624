using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PerfTrace.BpfTrace;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace.Sessions;

/// <summary>skboutput(): packets of the loopback interface, in the guest, whose kernel takes fentry.</summary>
public sealed class ScriptPacketsTests
{
    [Fact]
    [Trait("Machine", "Guest")]
    public void PacketsAreInTheFileAsTheyCame()
    {
        using var folder = new TemporaryTree();
        byte[] content = [.. Enumerable.Range(0, 1000).Select(static i => (byte)i)];
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;
        using (BpfTraceSession session = Start(folder, $"fentry:ip_rcv {{ @[(int32)skboutput(\"all.pcap\", args.skb, args.skb.len, 0)] = count(); skboutput(\"content.pcap\", args.skb, args.skb.len, 28); }}"))
        {
            using var sender = new UdpClient();
            for (int i = 0; i < 5; i++)
                sender.Send(content, new IPEndPoint(IPAddress.Loopback, port));
            session.Stop();
            BpfTraceMapEntry entry = Assert.Single(session.Read().SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>());
            Assert.Equal("0", $"{entry.Key}");
            Assert.Equal((0, 0), (session.Summary().Events, session.Summary().Damaged));
        }

        // An IP head of 20 bytes and one of UDP of 8. Others may talk, too.
        byte[][] packets = [.. Packets(File.ReadAllBytes(folder["all.pcap"])).Where(p => p.Length == 1028 && BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(22)) == port)];
        Assert.Equal(5, packets.Length);
        Assert.All(packets, p => Assert.Equal((0x45, 17, content), (p[0], p[9], p[28..]), Comparer));
        Assert.Equal(5, Packets(File.ReadAllBytes(folder["content.pcap"])).Count(p => p.SequenceEqual(content)));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void AFileThatCanNotBeMadeIsToldBeforeAnythingIsAttached()
    {
        using var folder = new TemporaryTree();

        ScriptException e = Assert.Throws<ScriptException>(() => Start(folder, "fentry:ip_rcv { skboutput(\"no/such/folder/a.pcap\", args.skb, args.skb.len, 0); }"));

        Assert.Contains("skboutput() can not make its file", e.Message, StringComparison.Ordinal);
    }

    private static readonly IEqualityComparer<(int, int, byte[])> Comparer =
        EqualityComparer<(int, int, byte[])>.Create(static (a, b) => (a.Item1, a.Item2) == (b.Item1, b.Item2) && a.Item3.SequenceEqual(b.Item3));

    private static BpfTraceSession Start(TemporaryTree folder, string script) =>
        BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource(ScriptSource.CommandLineName, script), WorkingDirectory = folder.Root });

    private static IEnumerable<byte[]> Packets(byte[] file)
    {
        for (int at = 24; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            yield return file[(at + 16)..(at + 16 + length)];
            at += 16 + length;
        }
    }
}
