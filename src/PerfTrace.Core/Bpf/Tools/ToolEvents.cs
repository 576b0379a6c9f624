using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Makes objects of the records that the programs in <c>bpf/</c> write; the structures are those of their sources, and a test compares them with their types.</summary>
internal static class ToolEvents
{
    private const int CommandSize = 16; // TASK_COMM_LEN

    /// <summary>Makes the object of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="offset">Nanoseconds to add to the programs' clock, which counts since the boot, for nanoseconds since 1970.</param>
    public delegate BpfToolEvent Decoder(ReadOnlySpan<byte> record, long offset);

    [InlineArray(CommandSize)]
    internal struct Command
    {
        private byte _first;
    }

    [InlineArray(16)]
    internal struct Address
    {
        private byte _first;
    }

    [InlineArray(32)]
    internal struct DiskName
    {
        private byte _first;
    }

    /// <summary>struct exec_event of execsnoop.bpf.c.</summary>
    internal struct ExecRecord
    {
        public ulong Time;
        public uint ProcessId, ParentId, UserId, ArgumentBytes, NameBytes;
        public Command ParentCommand, CommandName;
    }

    /// <summary>struct exit_event of exitsnoop.bpf.c.</summary>
    internal struct ExitRecord
    {
        public ulong Time, Start;
        public uint ProcessId, ParentId, UserId;
        public int ExitCode;
        public Command CommandName;
    }

    /// <summary>struct open_event of opensnoop.bpf.c.</summary>
    internal struct OpenRecord
    {
        public ulong Time, Duration;
        public uint ProcessId, ThreadId, UserId;
        public int Directory, Result;
        public uint Flags, Mode;
        public Command CommandName;
        public uint NameBytes;
    }

    /// <summary>struct tcp_event of tcplife.bpf.c.</summary>
    internal struct TcpRecord
    {
        public ulong Time, Duration, Sent, Received;
        public uint ProcessId;
        public ushort Family, LocalPort, RemotePort;
        public byte IsEstablished, IsIncoming;
        public Address Local, Remote;
        public Command CommandName;
    }

    /// <summary>struct block_event of blockio.bpf.c.</summary>
    internal struct BlockRecord
    {
        public ulong Time, Latency, Queued, Sector;
        public uint Bytes, Operation;
        public int Status;
        public uint Major, Minor, ProcessId, HasProcess;
        public Command CommandName;
        public DiskName Disk;
    }

    public static BpfToolEvent Exec(ReadOnlySpan<byte> record, long offset)
    {
        ref readonly ExecRecord e = ref Header<ExecRecord>(record);
        ReadOnlySpan<byte> text = record[Marshal.SizeOf<ExecRecord>()..];
        ReadOnlySpan<byte> arguments = text[(int)e.NameBytes..];
        var list = new List<string>();
        for (ReadOnlySpan<byte> rest = arguments; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)0);
            list.Add(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return new ExecEvent
        {
            Time = Wall(e.Time, offset),
            ProcessId = (int)e.ProcessId,
            CommandName = Text(e.CommandName),
            ParentId = (int)e.ParentId,
            ParentName = Text(e.ParentCommand),
            UserId = e.UserId,
            Path = Text(text[..(int)e.NameBytes]),
            Arguments = list,
            IsTruncated = arguments.Length < e.ArgumentBytes,
        };
    }

    public static BpfToolEvent Exit(ReadOnlySpan<byte> record, long offset)
    {
        ref readonly ExitRecord e = ref Header<ExitRecord>(record);
        // A wait status, as wait(2) lays it out: the signal, a bit for the core dump, the status.
        int signal = e.ExitCode & 0x7f;
        return new ExitEvent
        {
            Time = Wall(e.Time, offset),
            ProcessId = (int)e.ProcessId,
            CommandName = Text(e.CommandName),
            ParentId = (int)e.ParentId,
            UserId = e.UserId,
            StartTime = Wall(e.Start, offset),
            Lifetime = Span(e.Time - e.Start),
            ExitCode = signal == 0 ? (e.ExitCode >> 8) & 0xff : 128 + signal,
            Signal = signal == 0 ? null : signal,
            HasCoreDump = (e.ExitCode & 0x80) != 0,
        };
    }

    public static BpfToolEvent Open(ReadOnlySpan<byte> record, long offset)
    {
        const int AT_FDCWD = -100;
        ref readonly OpenRecord e = ref Header<OpenRecord>(record);
        return new OpenEvent
        {
            Time = Wall(e.Time, offset),
            ProcessId = (int)e.ProcessId,
            CommandName = Text(e.CommandName),
            ThreadId = (int)e.ThreadId,
            UserId = e.UserId,
            Path = Text(record.Slice(Marshal.SizeOf<OpenRecord>(), (int)e.NameBytes)),
            DirectoryDescriptor = e.Directory == AT_FDCWD ? null : e.Directory,
            Flags = OpenFlagNumbers.Read(e.Flags),
            Descriptor = e.Result >= 0 ? e.Result : null,
            Error = e.Result >= 0 ? Errno.None : (Errno)(-e.Result),
            Duration = Span(e.Duration),
        };
    }

    public static BpfToolEvent Tcp(ReadOnlySpan<byte> record, long offset)
    {
        const int AF_INET = 2;
        ref readonly TcpRecord e = ref Header<TcpRecord>(record);
        int size = e.Family == AF_INET ? 4 : 16;
        return new TcpConnection
        {
            Time = Wall(e.Time, offset),
            ProcessId = e.ProcessId == 0 ? null : (int)e.ProcessId,
            CommandName = e.ProcessId == 0 ? null : Text(e.CommandName),
            LocalAddress = new IPAddress(((ReadOnlySpan<byte>)e.Local)[..size]),
            LocalPort = e.LocalPort,
            RemoteAddress = new IPAddress(((ReadOnlySpan<byte>)e.Remote)[..size]),
            RemotePort = e.RemotePort,
            BytesSent = (long)e.Sent,
            BytesReceived = (long)e.Received,
            Duration = Span(e.Duration),
            IsIncoming = e.IsIncoming != 0,
            IsEstablished = e.IsEstablished != 0,
        };
    }

    public static BpfToolEvent Block(ReadOnlySpan<byte> record, long offset)
    {
        ref readonly BlockRecord e = ref Header<BlockRecord>(record);
        return new BlockRequest
        {
            Time = Wall(e.Time, offset),
            ProcessId = e.HasProcess == 0 ? null : (int)e.ProcessId,
            CommandName = e.HasProcess == 0 ? null : Text(e.CommandName),
            Disk = Text(e.Disk),
            Operation = (BlockOperation)e.Operation,
            Sector = (long)e.Sector,
            Bytes = e.Bytes,
            Latency = Span(e.Latency),
            QueueTime = e.HasProcess == 0 ? null : Span(e.Queued),
            IsSuccess = e.Status == 0,
        };
    }

    private static ref readonly T Header<T>(ReadOnlySpan<byte> record)
        where T : unmanaged => ref MemoryMarshal.AsRef<T>(record);

    private static string Text(ReadOnlySpan<byte> bytes) => BpfCalls.Text(bytes);

    private static DateTimeOffset Wall(ulong time, long offset) => DateTimeOffset.UnixEpoch.AddTicks(((long)time + offset) / TimeSpan.NanosecondsPerTick).ToLocalTime();

    private static TimeSpan Span(ulong nanoseconds) => TimeSpan.FromTicks((long)nanoseconds / TimeSpan.NanosecondsPerTick);
}
