using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PerfTrace.Tests.Support;

/// <summary>A little of everything that a kernel does: processes, files, sockets, timers, signals, memory.</summary>
internal static class KernelWorkload
{
    public static void Run(string folder)
    {
        Files(folder);
        Memory();
        Sockets(AddressFamily.InterNetwork, IPAddress.Loopback);
        if (Socket.OSSupportsIPv6)
            Sockets(AddressFamily.InterNetworkV6, IPAddress.IPv6Loopback);
        LocalSockets(Path.Combine(folder, "socket"));
        Timers();
        Shell(folder, """
            ls -l / > list; cat list | sort | uniq > sorted; mkdir -p a/b/c; ln -s list link; ln list hard; mv sorted a/b; readlink link
            dd if=/dev/zero of=data bs=64k count=16 conv=fsync 2> /dev/null; dd if=data of=/dev/null bs=4k iflag=direct count=16 2> /dev/null
            truncate -s 1000 data; fallocate -l 100000 data 2> /dev/null; stat data > /dev/null; chmod 600 data; touch data; flock data true
            sleep 0.02 & kill -USR1 $!; kill -STOP $! ; kill -CONT $!; wait; timeout 0.05 sleep 5; nice -n 5 true; (exit 3)
            exec 3<> fifo_$$ 2> /dev/null; rm -f fifo_$$; echo 3 > /proc/self/oom_score_adj; cat /proc/self/maps /proc/loadavg /proc/net/dev > /dev/null
            rm -rf a list link hard data; sync -f . 2> /dev/null; taskset -c 0 true; taskset -c 1 true; grep -c . /proc/kallsyms > /dev/null
            """);
    }

    private static void Files(string folder)
    {
        string path = Path.Combine(folder, "file");
        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1))
        {
            stream.Write(new byte[300_000]);
            stream.Flush(flushToDisk: true);
            stream.Position = 100;
            stream.ReadByte();
            stream.SetLength(10);
        }
        File.Move(path, path + "2");
        File.Delete(path + "2");
        foreach (string _ in Directory.EnumerateFileSystemEntries("/proc/self/task"))
            File.ReadAllText("/proc/self/stat");
    }

    private static void Memory()
    {
        using var map = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateNew(null, 4 << 20);
        using System.IO.MemoryMappedFiles.MemoryMappedViewAccessor view = map.CreateViewAccessor();
        for (int i = 0; i < 4 << 20; i += 4096)
            view.Write(i, (byte)1);
    }

    private static void Sockets(AddressFamily family, IPAddress address)
    {
        using var listener = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        for (int i = 0; i < 3; i++)
        {
            using var client = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!);
            using Socket server = listener.Accept();
            client.Send(new byte[20_000 * (i + 1)]);
            server.Receive(new byte[100_000]);
            if (i == 2)
                client.LingerState = new LingerOption(true, 0); // a reset
        }
        // Nobody listens there.
        using var refused = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        Assert.ThrowsAny<SocketException>(() => refused.Connect(address, 1));
        using var receiver = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(address, 0));
        using var sender = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo(new byte[500], receiver.LocalEndPoint!);
        receiver.Receive(new byte[1000]);
    }

    private static void LocalSockets(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        using Socket server = listener.Accept();
        client.Send("hello"u8);
        server.Receive(new byte[10]);
    }

    private static void Timers()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (int i = 0; i < 5; i++)
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        Parallel.For(0, 8, static _ => Thread.Sleep(1));
    }

    public static void Shell(string folder, string script)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadToEndAsync();
        process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
    }
}
