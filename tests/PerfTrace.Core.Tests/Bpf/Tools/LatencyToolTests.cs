using System.Net;
using System.Net.Sockets;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Tools;

public sealed class LatencyToolTests : BpfToolFixture
{
    [Fact]
    [Trait("Machine", "Both")]
    public void Tcplife_tells_of_both_ends_with_their_bytes()
    {
        int port = 0;
        List<TcpConnection> events = Watch<TcpConnection>("tcplife", Ours, () => port = Converse(IPAddress.Loopback, sent: 100_000, answered: 30));

        TcpConnection client = Assert.Single(events, e => e.RemotePort == port), server = Assert.Single(events, e => e.LocalPort == port);
        Assert.Equal((100_000L, 30L, false, true), (client.BytesSent, client.BytesReceived, client.IsIncoming, client.IsEstablished));
        Assert.Equal((30L, 100_000L, true, true), (server.BytesSent, server.BytesReceived, server.IsIncoming, server.IsEstablished));
        Assert.All([client, server], static e => Assert.Equal((IPAddress.Loopback, IPAddress.Loopback, Environment.ProcessId), (e.LocalAddress, e.RemoteAddress, e.ProcessId)));
        Assert.All([client, server], static e => Assert.InRange(e.Duration, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)));
        Assert.Equal(client.LocalPort, server.RemotePort);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Tcplife_knows_version_6_and_connections_that_nobody_takes()
    {
        List<TcpConnection> six = Watch<TcpConnection>("tcplife", Ours, static () => Converse(IPAddress.IPv6Loopback, sent: 5, answered: 0));
        Assert.All(six, static e => Assert.Equal(IPAddress.IPv6Loopback, e.RemoteAddress));
        Assert.Equal(2, six.Count);

        int port = FreePort();
        TcpConnection refused = Assert.Single(Watch<TcpConnection>("tcplife", Ours with { RemotePort = port }, () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Loopback, port));
        }));
        Assert.Equal((false, 0L, port), (refused.IsEstablished, refused.BytesSent, refused.RemotePort));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Tcplife_leaves_out_what_is_not_asked_for()
    {
        Assert.Empty(Watch<TcpConnection>("tcplife", Ours with { LocalPort = 1 }, static () => Converse(IPAddress.Loopback, 1, 1)));
        Assert.Empty(Watch<TcpConnection>("tcplife", Ours with { MinimumDuration = TimeSpan.FromMinutes(1) }, static () => Converse(IPAddress.Loopback, 1, 1)));
    }

    [Fact]
    public void Biosnoop_and_biolatency_see_the_same_requests()
    {
        const int Requests = 64, Size = 4096;
        string file = Repository.Artifact("disk-reads"), disk = DiskOf(file);
        try
        {
            File.WriteAllBytes(file, new byte[Requests * Size]);
            Shell($"sync {file}");
            // Around the page cache: each is a request of its own.
            string read = $"dd if={file} of=/dev/null bs={Size} count={Requests} iflag=direct status=none";
            DateTimeOffset before = DateTimeOffset.Now;
            List<BlockRequest> requests = [.. Watch<BlockRequest>("biosnoop", Ours with { Disk = disk }, () => Shell(read)).Where(static r => r.CommandName == "dd" && r.Bytes == Size)];
            List<LatencyRange> rows = Watch<LatencyRange>("biolatency", Ours with { CommandName = "dd", PerDisk = true }, () => Shell(read));

            Assert.True(requests.Count >= Requests, $"{requests.Count} requests.");
            Assert.All(requests, r =>
            {
                Assert.Equal((disk, BlockOperation.Read, true), (r.Disk, r.Operation, r.IsSuccess));
                Assert.InRange(r.Latency, TimeSpan.FromTicks(10), TimeSpan.FromSeconds(5));
                Assert.NotNull(r.QueueTime);
                Assert.InRange(r.Time, before.AddMilliseconds(-50), DateTimeOffset.Now);
            });
            Assert.Equal(requests.Count, requests.Select(static r => r.Sector).Distinct().Count());
            Assert.All(rows, r => Assert.Equal(disk, r.Key));
            Assert.True(rows.Sum(static r => r.Count) >= Requests, string.Join("; ", rows));
            Assert.Equal(1, rows.Sum(static r => r.Share), 1e-9);
            Assert.Empty(Watch<BlockRequest>("biosnoop", Ours with { MinimumDuration = TimeSpan.FromMinutes(1) }, () => Shell(read)));
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Contains("There is no disk", Assert.Throws<DirectoryNotFoundException>(() => Watch<BlockRequest>("biosnoop", new BpfToolOptions { Disk = "sdzz9" }, static () => { })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Runqlat_counts_the_waits_of_two_that_share_a_CPU()
    {
        int cpu = new CpuTopology(SystemPaths.Default).Online[0];
        string busy = $"taskset -c {cpu} timeout 1 sh -c 'while :; do :; done'";
        List<LatencyRange> rows = Watch<LatencyRange>("runqlat", Ours with { CommandName = "sh", PerProcess = true }, () => Shell($"{busy} & {busy}; wait"));

        // Two of them wait for each other, each for a slice of some milliseconds at a time.
        List<LatencyRange> waits = [.. rows.Where(static r => r.High > TimeSpan.FromMilliseconds(1))];
        Assert.True(waits.Select(static r => r.ProcessId).Distinct().Count() >= 2, string.Join("; ", rows));
        Assert.True(waits.Sum(static r => r.Count) >= 20, string.Join("; ", rows));
        Assert.All(rows, static r => Assert.True(r.Low < r.High && r.Count >= 0));
        Assert.All(rows.GroupBy(static r => r.ProcessId), static g => Assert.Equal(1, g.Sum(static r => r.Share), 1e-9));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Histograms_come_at_each_interval()
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        var options = new BpfToolOptions { Interval = TimeSpan.FromMilliseconds(200), Duration = TimeSpan.FromSeconds(1.1) };
        using BpfToolSession session = BpfToolSession.Start(BpfTools.Find("runqlat", BpfTools.All), options, symbols);
        var rows = new List<LatencyRange>();
        object[] batch = new object[8];
        while (session.Fill(batch) is > 0 and var count)
            rows.AddRange(batch.Take(count).Cast<LatencyRange>());

        Assert.InRange(rows.Select(static r => r.Time).Distinct().Count(), 3, 6);
        Assert.InRange(session.Elapsed, TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(3));
    }

    private static int Converse(IPAddress address, int sent, int answered)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var client = new TcpClient(address.AddressFamily))
        {
            client.Connect(address, port);
            using TcpClient server = listener.AcceptTcpClient();
            Thread serverSide = new(() =>
            {
                byte[] buffer = new byte[sent];
                server.GetStream().ReadExactly(buffer);
                server.GetStream().Write(new byte[answered]);
                server.Client.Shutdown(SocketShutdown.Send);
            });
            serverSide.Start();
            client.GetStream().Write(new byte[sent]);
            client.GetStream().ReadExactly(new byte[answered]);
            Thread.Sleep(110);
            serverSide.Join();
        }
        // The last packets of both go their way without us.
        Thread.Sleep(100);
        return port;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The whole disk that a file is on: of a partition the one above it.
    private static string DiskOf(string file)
    {
        string number = Shell($"stat -c %Hd:%Ld {Path.GetDirectoryName(file)}").Trim();
        string place = new DirectoryInfo($"/sys/dev/block/{number}").ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        return File.Exists(Path.Combine(place, "partition")) ? Path.GetFileName(Path.GetDirectoryName(place)!) : Path.GetFileName(place);
    }
}
