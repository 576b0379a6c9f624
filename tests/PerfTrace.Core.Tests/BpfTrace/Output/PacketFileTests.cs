using PerfTrace.BpfTrace;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class PacketFileTests
{
    [Fact]
    public void A_file_is_as_pcap_savefile_5_says()
    {
        using var folder = new TemporaryTree();
        using (var file = new PacketFile(folder["a.pcap"]))
        {
            file.Write(1_700_000_000_123_456_789, [0x45, 1, 2]);
            file.Write(5, []);
        }

        Assert.Equal(
            "4D3CB2A1" + "0200" + "0400" + "00000000" + "00000000" + "00000400" + "65000000"
            + "00F15365" + "15CD5B07" + "03000000" + "03000000" + "450102"
            + "00000000" + "05000000" + "00000000" + "00000000",
            Convert.ToHexString(File.ReadAllBytes(folder["a.pcap"])));
    }

    [Fact]
    public void What_was_there_is_gone()
    {
        using var folder = new TemporaryTree();
        folder.With("a.pcap", new string('x', 100));

        new PacketFile(folder["a.pcap"]).Dispose();

        Assert.Equal(24, new FileInfo(folder["a.pcap"]).Length);
    }

    [Theory]
    [InlineData(0, 4, "01020304")]
    [InlineData(1, 3, "0203")]
    [InlineData(3, 3, "")]
    [InlineData(9, 4, "")]
    public void Of_a_packet_the_bytes_that_are_wanted_are_taken(long skipped, long length, string expected)
    {
        Assert.True(PacketHead.TryRead(Record(7, skipped, length, 99, [1, 2, 3, 4]), out PacketHead head, out ReadOnlySpan<byte> packet));

        Assert.Equal((7, 99L), (head.File, head.BootNanoseconds));
        Assert.Equal(expected, Convert.ToHexString(packet));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(-1, 4)]
    [InlineData(0, -1)]
    public void A_head_that_does_not_fit_is_none(long skipped, long length) => Assert.False(PacketHead.TryRead(Record(7, skipped, length, 99, [1, 2, 3, 4]), out _, out _));

    [Fact]
    public void Any_bytes_are_a_packet_or_none()
    {
        var random = new Random(5);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            // Small numbers are more telling.
            for (int at = 0; at + 8 <= bytes.Length && random.Next(3) > 0; at += 8)
                bytes.AsSpan(at + 1, 7).Fill((byte)(random.Next(4) == 0 ? 0xff : 0));
            if (PacketHead.TryRead(bytes, out _, out ReadOnlySpan<byte> packet))
                Assert.InRange(packet.Length, 0, bytes.Length - PacketHead.Size);
        }
    }

    private static byte[] Record(long file, long skipped, long length, long time, byte[] packet) =>
        [.. BitConverter.GetBytes(file), .. BitConverter.GetBytes(skipped), .. BitConverter.GetBytes(length), .. BitConverter.GetBytes(time), .. packet];
}
