using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The names of values whose text is found outside of the kernel, for one run of a script. Safe for several threads.</summary>
internal sealed class ScriptNames(ScriptPlan plan, IScriptSymbols symbols, IScriptStacks stacks)
{
    // include/linux/socket.h
    private const int AF_INET = 2, AF_INET6 = 10;

    // struct bpf_stack_build_id { __s32 status; unsigned char build_id[20]; union { __u64 offset; __u64 ip; }; }
    private const int BuildIdEntry = 32, BuildIdAt = 4, BuildIdSize = 20, PlaceAt = 24, StatusValid = 1, StatusAddress = 2;

    // bpftrace's, in print() and in maps alike.
    private const string Indent = "        ";

    private readonly ConcurrentDictionary<ulong, string> _users = new();
    private readonly ConcurrentDictionary<ScriptClock, long> _offsets = new();
    private readonly ConcurrentDictionary<(StackType Type, long Number, int ProcessId), BpfTraceStack> _stacks = new();

    /// <summary>What stands behind a text that was cut.</summary>
    public string TruncationTrailer => plan.Settings.TruncationTrailer;

    /// <summary>An address as bpftrace writes one without a name.</summary>
    public static string Bare(ulong address) => address == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    public string Probe(ulong number) => number < (ulong)plan.ProbeNames.Count ? plan.ProbeNames[(int)number] : "";

    /// <summary>The value of a type whose text is found here.</summary>
    public object Resolve(ResolvedKind kind, ReadOnlySpan<byte> bytes) => kind switch
    {
        ResolvedKind.KernelSymbol => Symbol(BitConverter.ToUInt64(bytes), null),
        ResolvedKind.UserSymbol => Symbol(BitConverter.ToUInt64(bytes), BitConverter.ToInt32(bytes[8..])),
        ResolvedKind.UserName => User(BitConverter.ToUInt64(bytes)),
        ResolvedKind.ProbeName => Probe(BitConverter.ToUInt64(bytes)),
        ResolvedKind.Timestamp => Time(BitConverter.ToUInt64(bytes), BitConverter.ToUInt32(bytes[8..]), (ScriptClock)BitConverter.ToInt32(bytes[12..])),
        ResolvedKind.MacAddress => $"{bytes[0]:X2}:{bytes[1]:X2}:{bytes[2]:X2}:{bytes[3]:X2}:{bytes[4]:X2}:{bytes[5]:X2}",
        ResolvedKind.InternetAddress => BitConverter.ToInt32(bytes) switch
        {
            AF_INET => new IPAddress(bytes.Slice(4, 4)),
            AF_INET6 => new IPAddress(bytes.Slice(4, 16)),
            _ => "",
        },
        ResolvedKind.CGroupPath => string.Join(',', symbols.ControlGroupPaths(BitConverter.ToUInt64(bytes), Text(BitConverter.ToUInt64(bytes[8..])))
            .Where(static p => p.Path.Length > 0).Select(static p => $"{p.Hierarchy}:{p.Path}")),
        ResolvedKind.SignalName => SignalNames.TextOf(BitConverter.ToInt64(bytes)),
        ResolvedKind.SystemCall => SystemCall(BitConverter.ToInt64(bytes)),
        ResolvedKind.ProcessName => symbols.ProcessName(BitConverter.ToInt32(bytes)) ?? "N/A",
        _ => KernelException.TextOf((Errno)BitConverter.ToInt32(bytes)),
    };

    // The text for others is bpftrace's.
    private static string SystemCall(long number) => (number is >= 0 and <= int.MaxValue ? SystemCallTable.Current.NameOf((int)number) : null) ?? "unknown system call";

    /// <summary>A call stack: <see cref="StackType"/> says how it lies in memory.</summary>
    public BpfTraceStack Stack(StackType type, ReadOnlySpan<byte> bytes)
    {
        long number = BitConverter.ToInt64(bytes);
        int? processId = type.IsUser ? BitConverter.ToInt32(bytes[StackType.ProcessOffset..]) : null;
        // The stack of a number stays the same; its text is asked for when the map of stacks may be gone. What had no name may have one by now: a library was loaded.
        bool isKnown = _stacks.TryGetValue((type, number, processId ?? 0), out BpfTraceStack? known);
        if (isKnown && Array.TrueForAll(known!.Frames, static f => f.Symbol is not null))
            return known;
        BpfTraceStack stack = ReadStack(type, number, processId);
        if (stack.Frames.Length == 0)
            return known ?? stack;
        return _stacks[(type, number, processId ?? 0)] = stack;
    }

    private BpfTraceStack ReadStack(StackType type, long number, int? processId)
    {
        bool hasBuildIds = type.Mode == StackMode.BuildId;
        ReadOnlySpan<byte> value = number < 0 ? [] : stacks.Read(type, number);
        value = value[..Math.Min(value.Length, type.Depth * (hasBuildIds ? BuildIdEntry : sizeof(ulong)))];
        StackFrame[] frames = symbols.Frames(value, hasBuildIds, processId);
        var text = new StringBuilder("\n");
        if (hasBuildIds)
            AppendBuildIds(text, value);
        else
        {
            foreach (StackFrame frame in frames)
                AppendFrame(text, type, frame);
        }
        return new BpfTraceStack(frames, type.IsUser, text.ToString());
    }

    /// <summary>Nanoseconds since 1970 of a time by a clock. How far the clock is from it is read once: all times of a run are as far from each other as they were.</summary>
    public long WallClock(ulong nanoseconds, ScriptClock clock) => unchecked((long)nanoseconds + _offsets.GetOrAdd(clock, static c => KernelClock.WallClockOffset(c switch
    {
        ScriptClock.Monotonic => KernelClock.MonotonicId,
        ScriptClock.Boot => KernelClock.BootTimeId,
        _ => KernelClock.AtomicId,
    })));

    /// <summary>The kernel's flags for allocations by their names, and what has none as a number.</summary>
    public string AllocationFlags(ulong flags)
    {
        if (flags == 0)
            return "0";
        var text = new StringBuilder();
        foreach ((ulong bits, string name) in symbols.AllocationFlags)
        {
            if (bits == 0 || (flags & bits) != bits)
                continue;
            text.Append(text.Length > 0 ? "|" : "").Append(name);
            flags &= ~bits;
        }
        if (flags != 0)
            text.Append(text.Length > 0 ? "|" : "").Append(CultureInfo.InvariantCulture, $"0x{flags:x}");
        return text.ToString();
    }

    private static void AppendFrame(StringBuilder text, StackType type, StackFrame frame)
    {
        string name = frame is { Symbol: { } symbol, SymbolOffset: { } offset } ? string.Create(CultureInfo.InvariantCulture, $"{symbol}+{offset}") : Bare(frame.Address);
        _ = type.Mode switch
        {
            StackMode.Raw => text.Append(CultureInfo.InvariantCulture, $"{frame.Address:x}\n"),
            StackMode.Perf when type.IsUser => text.Append(CultureInfo.InvariantCulture, $"\t{frame.Address:x} {name} ({(frame.Symbol is null ? "[unknown]" : frame.ModulePath)})\n"),
            StackMode.Perf => text.Append(CultureInfo.InvariantCulture, $"\t{frame.Address:x} {name}\n"),
            _ => text.Append(Indent).Append(name).Append('\n'),
        };
    }

    private static void AppendBuildIds(StringBuilder text, ReadOnlySpan<byte> value)
    {
        for (; value.Length >= BuildIdEntry && BitConverter.ToInt32(value) is var status and (StatusValid or StatusAddress); value = value[BuildIdEntry..])
        {
            ulong place = BitConverter.ToUInt64(value[PlaceAt..]);
            _ = status == StatusValid
                ? text.Append(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(value.Slice(BuildIdAt, BuildIdSize))} 0x{place:x2}\n")
                : text.Append(CultureInfo.InvariantCulture, $"{place:x}\n");
        }
    }

    private BpfTraceSymbol Symbol(ulong address, int? processId)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(value, address);
        return new BpfTraceSymbol(address, symbols.Frames(value, hasBuildIds: false, processId) is [var frame, ..] ? frame : null);
    }

    private string User(ulong id) => _users.GetOrAdd(id, i => symbols.UserName(i) ?? "");

    private BpfTraceTime Time(ulong nanoseconds, uint format, ScriptClock clock)
    {
        long time = WallClock(nanoseconds, clock);
        return new BpfTraceTime(DateTimeOffset.UnixEpoch.AddTicks(time / TimeSpan.NanosecondsPerTick).ToLocalTime(), TimeText.Of(Text(format), time));
    }

    private string Text(ulong number) => number < (ulong)plan.Texts.Count ? plan.Texts[(int)number] : "";
}
