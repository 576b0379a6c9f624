using System.Net;
using System.Net.Sockets;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

// Functions whose values get their text outside of the kernel, and those of addresses and numbers.
internal sealed partial class ProbeChecker
{
    private const int MostFrames = 1024;

    private static readonly string[] StackModes = ["bpftrace", "perf", "raw", "build_id"], Clocks = ["monotonic", "boot", "tai", "sw_tai"];

    public ScriptType? CheckSymbol(CallExpression call, ResolvedKind kind)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        return type is PointerType || TypeRules.IntegerOf(type) is not null ? new ResolvedType(kind) : Wrong(call, 0, "an address");
    }

    public ScriptType CheckKAddr(CallExpression call)
    {
        KnownText(call, 0);
        return IntegerType.UInt64;
    }

    // The size of the symbol says how much the address leads to; the program that is traced has it, so the generator reads 8 bytes where it is not known.
    public ScriptType CheckUAddr(CallExpression call)
    {
        KnownText(call, 0);
        return new PointerType(IntegerType.UInt64, MemorySpace.User);
    }

    public ScriptType? CheckPerCpuKAddr(CallExpression call)
    {
        if (call.Arguments.Count > 1)
            NumberArgument(call, 1);
        if (KnownText(call, 0) is { } name && Types.Kernel?.Find(name, BtfKind.Variable) is null)
            return Error(call.Arguments[0], $"the kernel's types have no variable '{name}'");
        return IntegerType.UInt64;
    }

    // ntop(address), ntop(family, address).
    public ScriptType? CheckNToP(CallExpression call)
    {
        int at = call.Arguments.Count - 1;
        if (at == 1)
            NumberArgument(call, 0);
        if (Visit(call.Arguments[at]) is not { } type)
            return null;
        if (type is (ArrayType or StringType or RecordType) && type.Size is not (4 or 16))
            return Error(call.Arguments[at], $"an internet address has 4 or 16 bytes, not {type.Size}");
        return type is ArrayType or StringType or PointerType or RecordType || TypeRules.IntegerOf(type) is not null
            ? new ResolvedType(ResolvedKind.InternetAddress)
            : Wrong(call, at, "a number or an array of 4 or 16 bytes");
    }

    public ScriptType? CheckPToN(CallExpression call)
    {
        if (KnownText(call, 0) is not { } text)
            return null;
        return IPAddress.TryParse(text, out IPAddress? address) && (text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal))
            ? new ArrayType(new IntegerType(1, false), address.AddressFamily == AddressFamily.InterNetwork ? 4 : 16)
            : Error(call.Arguments[0], $"'{text}' is no internet address", "127.0.0.1 or ::1 are");
    }

    public ScriptType? CheckMacAddr(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        if (type is (ArrayType or StringType) && type.Size < 6)
            return Error(call.Arguments[0], $"the address of a network card has 6 bytes, and here are {type.Size}");
        return call.Arguments[0] is not StringLiteral && (type is ArrayType or StringType or PointerType || TypeRules.IntegerOf(type) is not null)
            ? new ResolvedType(ResolvedKind.MacAddress)
            : Wrong(call, 0, "an array of 6 bytes or its address");
    }

    public ScriptType? CheckStrFTime(CallExpression call)
    {
        if (KnownText(call, 0, isUnbounded: true) is { } format)
            call.Text = Text(format);
        NumberArgument(call, 1);
        if (Number(call.Arguments[1]) < 0)
            return Error(call.Arguments[1], "strftime() takes nanoseconds, and not fewer than 0");
        return ClockOf(call.Arguments[1]) == ScriptClock.Monotonic ? Error(call.Arguments[1], "strftime() does not take the monotonic clock, which stands still while the machine sleeps", "nsecs(boot)")
            : new ResolvedType(ResolvedKind.Timestamp);
    }

    /// <summary>The clock that a time is of, where the expression shows it; the default of <c>nsecs</c> where it does not.</summary>
    internal static ScriptClock ClockOf(Expression time) => time switch
    {
        CallExpression { Function: ScriptFunction.Nsecs, Arguments: [var word] } when Word(word) is { } name => (ScriptClock)Math.Max(0, Array.IndexOf(Clocks, name)),
        BinaryExpression binary => ClockOf(binary.Left),
        ScratchVariable or MapExpression or MapAccess => ScriptClock.Boot,
        _ => ScriptClock.Boot,
    };

    public ScriptType CheckCGroupPath(CallExpression call)
    {
        NumberArgument(call, 0);
        if ((call.Arguments.Count > 1 ? KnownText(call, 1) : "") is { } pattern)
            call.Text = Text(pattern);
        return new ResolvedType(ResolvedKind.CGroupPath);
    }

    // A control group's number is that of its directory.
    public ScriptType? CheckCGroupId(CallExpression call)
    {
        if (KnownText(call, 0, isUnbounded: true) is not { } path)
            return null;
        return FileIdentity.Of(path) is { } group ? Known(call, group.Inode, IntegerType.UInt64) : Error(call.Arguments[0], $"there is no control group '{path}'", "it is a directory below /sys/fs/cgroup");
    }

    public ScriptType CheckNumber(CallExpression call, ScriptType result)
    {
        NumberArgument(call, 0);
        return result;
    }

    public ScriptType? CheckNsecs(CallExpression call)
    {
        if (call.Arguments.Count > 0 && !Clocks.Contains(Word(call.Arguments[0])))
            return Error(call.Arguments[0], "nsecs() takes the name of a clock", $"the clocks are {string.Join(", ", Clocks)}");
        return IntegerType.UInt64;
    }

    // kstack(mode, depth), kstack(mode), kstack(depth).
    public ScriptType? CheckStack(CallExpression call, bool isUser)
    {
        StackMode mode = Settings.StackMode;
        int at = 0;
        if (call.Arguments.Count > 0 && Word(call.Arguments[0]) is { } word && Types.FindOwnConstant(word) is null)
        {
            int known = Array.IndexOf(StackModes, word);
            if (known < 0)
                return Error(call.Arguments[0], $"there is no way '{word}' to write a stack", Hints.Nearest(word, StackModes) ?? $"the ways are {string.Join(", ", StackModes)}");
            mode = (StackMode)known;
            at = 1;
        }
        else if (call.Arguments.Count == 2)
        {
            return Error(call.Arguments[0], $"{call.Name}() takes the way to write the stack first", $"the ways are {string.Join(", ", StackModes)}");
        }
        if (mode == StackMode.BuildId && !isUser)
            return Error(call, "build ids are those of programs: kstack has none", "ustack(build_id)");
        long? depth = at < call.Arguments.Count ? KnownNumber(call, at, 1, MostFrames) : StackType.DefaultDepth;
        return depth is null ? null : new StackType(isUser, mode, (int)depth.Value);
    }

    public ScriptType? CheckNamespace(CallExpression call)
    {
        if (call.Arguments.Count > 0 && Word(call.Arguments[0]) is not ("curr_ns" or "init"))
            return Error(call.Arguments[0], $"{call.Name}() takes the name of a namespace of processes", "curr_ns or init");
        return IntegerType.UInt32;
    }

    public ScriptType? CheckTask(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        return type is PointerType { Target: RecordType { TypeName: "task_struct" } } ? MeanTask(call, call.Arguments[0], call.Name) : Wrong(call, 0, "the address of a struct task_struct");
    }

    public ScriptType? CheckBSwap(CallExpression call) =>
        NumberArgument(call, 0) is { } integer ? new IntegerType(integer.Bytes, false) : null;

    public ScriptType? CheckSpace(CallExpression call, MemorySpace space)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        return type is PointerType pointer ? pointer with { Space = space } : TypeRules.IntegerOf(type) is { } integer ? integer : Wrong(call, 0, "an address");
    }

    // The last 4095 addresses are errors (MAX_ERRNO of include/linux/err.h).
    public ScriptType? CheckIsErr(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        if (type is not PointerType && TypeRules.IntegerOf(type) is null)
            return Wrong(call, 0, "an address");
        SourceSpan span = call.Span;
        return Mean(call, new BinaryExpression(span, new CastExpression(span, new NamedTypeSyntax(span, "uint64"), call.Arguments[0]), BinaryOperator.GreaterOrEqual,
            new IntegerLiteral(span, unchecked((ulong)-4095L))));
    }

    // What a value is, is known before the script runs.
    public ScriptType? CheckKind(CallExpression call, Func<Expression, ScriptType, bool> holds)
    {
        _unevaluated++;
        ScriptType? type = Visit(call.Arguments[0]);
        _unevaluated--;
        return type is null ? null : Known(call, holds(Bare(call.Arguments[0]), type) ? 1 : 0, BooleanType.Instance);
    }

    public ScriptType? CheckSocketCookie(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        return type is PointerType { Target: RecordType { TypeName: "sock" } } ? IntegerType.UInt64 : Wrong(call, 0, "the address of a struct sock");
    }

    // The name of a signal is noted as its number.
    public ScriptType CheckSignal(CallExpression call)
    {
        if (Bare(call.Arguments[0]) is not StringLiteral)
            NumberArgument(call, 0);
        else if (KnownText(call, 0) is { } name && SignalNames.Find(name) is { } number)
            call.Arguments[0].Constant = number;
        else
            Error(call.Arguments[0], "there is no signal of this name", Hints.Nearest(Bare(call.Arguments[0]) is StringLiteral text ? text.Value : "", SignalNames.All));
        return VoidType.Instance;
    }

    /// <summary>Whether the kernel has a function that programs may call: its types say so.</summary>
    public ScriptType? CheckKernelFunction(CallExpression call) =>
        KnownText(call, 0) is { } name ? Known(call, Types.Kernel?.Find(name, BtfKind.Function) is null ? 0 : 1, BooleanType.Instance) : null;

    public ScriptType CheckWriteUser(CallExpression call)
    {
        if (Visit(call.Arguments[0]) is { } to && to is not PointerType && TypeRules.IntegerOf(to) is null)
            Wrong(call, 0, "an address of the process");
        if (Visit(call.Arguments[1]) is { } from && from is not (PointerType or StringType or BufferType or ArrayType))
            Wrong(call, 1, "an address or a text");
        NumberArgument(call, 2);
        return BooleanType.Instance;
    }
}
