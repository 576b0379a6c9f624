using System.Collections.Frozen;

namespace PerfTrace.BpfTrace;

/// <summary>All functions of the language.</summary>
internal static class ScriptFunctions
{
    // What events carry is bounded by the ring buffer, not by the number of values; more are a mistake.
    private const int MostValues = 128;

    private const ProbeProvider Registers = ProbeProvider.KProbe | ProbeProvider.KRetProbe | ProbeProvider.UProbe | ProbeProvider.URetProbe | ProbeProvider.Usdt
        | ProbeProvider.Profile | ProbeProvider.Interval | ProbeProvider.Software | ProbeProvider.Hardware | ProbeProvider.Watchpoint;

    private const ProbeProvider User = ProbeProvider.UProbe | ProbeProvider.URetProbe | ProbeProvider.Usdt;

    private const ProbeProvider Tracing = ProbeProvider.Fentry | ProbeProvider.Fexit | ProbeProvider.Iterator;

    private static readonly FrozenDictionary<string, FunctionRule> Rules = new FunctionRule[]
    {
        new("count", ScriptFunction.Count, 0, 0, static (c, call) => c.CheckCount(call)),
        new("sum", ScriptFunction.Sum, 1, 1, static (c, call) => c.CheckAggregate(call, AggregateKind.Sum)),
        new("min", ScriptFunction.Min, 1, 1, static (c, call) => c.CheckAggregate(call, AggregateKind.Minimum)),
        new("max", ScriptFunction.Max, 1, 1, static (c, call) => c.CheckAggregate(call, AggregateKind.Maximum)),
        new("avg", ScriptFunction.Avg, 1, 1, static (c, call) => c.CheckAggregate(call, AggregateKind.Average)),
        new("stats", ScriptFunction.Stats, 1, 1, static (c, call) => c.CheckAggregate(call, AggregateKind.Statistics)),
        new("hist", ScriptFunction.Hist, 1, 2, static (c, call) => c.CheckHist(call)),
        new("lhist", ScriptFunction.LHist, 4, 4, static (c, call) => c.CheckLHist(call)),
        new("tseries", ScriptFunction.TSeries, 3, 4, static (c, call) => c.CheckTSeries(call)),

        new("printf", ScriptFunction.Printf, 1, MostValues, static (c, call) => c.CheckFormat(call, ScriptActionKind.Printf)),
        new("errorf", ScriptFunction.Errorf, 1, MostValues, static (c, call) => c.CheckFormat(call, ScriptActionKind.Errorf)),
        new("warnf", ScriptFunction.Warnf, 1, MostValues, static (c, call) => c.CheckFormat(call, ScriptActionKind.Warnf)),
        new("cat", ScriptFunction.Cat, 1, MostValues, static (c, call) => c.CheckFormat(call, ScriptActionKind.Cat)),
        new("system", ScriptFunction.System, 1, MostValues, static (c, call) => c.CheckFormat(call, ScriptActionKind.System)) { IsUnsafe = true },
        new("print", ScriptFunction.Print, 1, 3, static (c, call) => c.CheckPrint(call)),
        new("clear", ScriptFunction.Clear, 1, 1, static (c, call) => c.CheckMapAction(call, ScriptActionKind.Clear)),
        new("zero", ScriptFunction.Zero, 1, 1, static (c, call) => c.CheckMapAction(call, ScriptActionKind.Zero)),
        new("exit", ScriptFunction.Exit, 0, 1, static (c, call) => c.CheckExit(call)),
        new("time", ScriptFunction.Time, 0, 1, static (c, call) => c.CheckTime(call)),
        new("join", ScriptFunction.Join, 1, 2, static (c, call) => c.CheckJoin(call)),
        new("unwatch", ScriptFunction.Unwatch, 1, 1, static (c, call) => c.CheckUnwatch(call)),
        new("assert", ScriptFunction.Assert, 2, 2, static (c, call) => c.CheckAssert(call)),
        new("static_assert", ScriptFunction.StaticAssert, 2, 2, static (c, call) => c.CheckStaticAssert(call)),
        new("fail", ScriptFunction.Fail, 1, MostValues, static (c, call) => c.CheckFail(call)),

        new("delete", ScriptFunction.Delete, 1, 2, static (c, call) => c.CheckDelete(call)),
        new("has_key", ScriptFunction.HasKey, 2, 2, static (c, call) => c.CheckHasKey(call)),
        new("find", ScriptFunction.Find, 3, 3, static (c, call) => c.CheckFind(call)),
        new("len", ScriptFunction.Len, 1, 1, static (c, call) => c.CheckLen(call)),

        new("str", ScriptFunction.Str, 1, 2, static (c, call) => c.CheckStr(call)),
        new("kstr", ScriptFunction.KStr, 1, 2, static (c, call) => c.CheckStr(call)),
        new("ustr", ScriptFunction.UStr, 1, 2, static (c, call) => c.CheckStr(call)),
        new("buf", ScriptFunction.Buf, 1, 2, static (c, call) => c.CheckBuf(call)),
        new("strncmp", ScriptFunction.StrNCmp, 3, 3, static (c, call) => c.CheckStrNCmp(call)),
        new("strcontains", ScriptFunction.StrContains, 2, 2, static (c, call) => c.CheckContains(call)),
        new("strstr", ScriptFunction.StrStr, 2, 2, static (c, call) => c.CheckSearch(call)),
        new("str_concat", ScriptFunction.StrConcat, 2, 2, static (c, call) => c.CheckConcat(call)),
        new("strlen", ScriptFunction.StrLen, 1, 1, static (c, call) => c.CheckLength(call)),
        new("strcap", ScriptFunction.StrCap, 1, 1, static (c, call) => c.CheckCapacity(call)),
        new("default_str_length", ScriptFunction.StrCap, 0, 0, static (c, call) => c.CheckDefaultLength(call)),
        new("memcmp", ScriptFunction.MemCmp, 3, 3, static (c, call) => c.CheckMemCmp(call)),
        new("path", ScriptFunction.Path, 1, 2, static (c, call) => c.CheckPath(call)) { Providers = Tracing },
        new("reg", ScriptFunction.Reg, 1, 1, static (c, call) => c.CheckReg(call)) { Providers = Registers },
        new("skboutput", ScriptFunction.SkbOutput, 4, 4, static (c, call) => c.CheckSkbOutput(call)) { Providers = Tracing },

        new("ksym", ScriptFunction.KSym, 1, 1, static (c, call) => c.CheckSymbol(call, ResolvedKind.KernelSymbol)),
        new("usym", ScriptFunction.USym, 1, 1, static (c, call) => c.CheckSymbol(call, ResolvedKind.UserSymbol)),
        new("kaddr", ScriptFunction.KAddr, 1, 1, static (c, call) => c.CheckKAddr(call)),
        new("uaddr", ScriptFunction.UAddr, 1, 1, static (c, call) => c.CheckUAddr(call)) { Providers = User },
        new("percpu_kaddr", ScriptFunction.PerCpuKAddr, 1, 2, static (c, call) => c.CheckPerCpuKAddr(call)),
        new("ntop", ScriptFunction.NToP, 1, 2, static (c, call) => c.CheckNToP(call)),
        new("pton", ScriptFunction.PToN, 1, 1, static (c, call) => c.CheckPToN(call)),
        new("macaddr", ScriptFunction.MacAddr, 1, 1, static (c, call) => c.CheckMacAddr(call)),
        new("strftime", ScriptFunction.StrFTime, 2, 2, static (c, call) => c.CheckStrFTime(call)),
        new("cgroup_path", ScriptFunction.CGroupPath, 1, 2, static (c, call) => c.CheckCGroupPath(call)),
        new("cgroupid", ScriptFunction.CGroupId, 1, 1, static (c, call) => c.CheckCGroupId(call)),
        new("strerror", ScriptFunction.StrError, 1, 1, static (c, call) => c.CheckNumber(call, new ResolvedType(ResolvedKind.ErrorName))),

        new("signal_name", ScriptFunction.SignalName, 1, 1, static (c, call) => c.CheckNumber(call, new ResolvedType(ResolvedKind.SignalName))),
        new("syscall_name", ScriptFunction.SystemCallName, 1, 1, static (c, call) => c.CheckNumber(call, new ResolvedType(ResolvedKind.SystemCall))),

        new("nsecs", ScriptFunction.Nsecs, 0, 1, static (c, call) => c.CheckNsecs(call)),
        new("kstack", ScriptFunction.KStack, 0, 2, static (c, call) => c.CheckStack(call, isUser: false)),
        new("ustack", ScriptFunction.UStack, 0, 2, static (c, call) => c.CheckStack(call, isUser: true)),
        new("dw_ustack", ScriptFunction.DwUStack, 0, 2, static (c, call) => c.CheckStack(call, isUser: true)),
        new("pid", ScriptFunction.Pid, 0, 1, static (c, call) => c.CheckNamespace(call)),
        new("tid", ScriptFunction.Tid, 0, 1, static (c, call) => c.CheckNamespace(call)),
        new("comm", ScriptFunction.Comm, 1, 1, static (c, call) => c.CheckNumber(call, new ResolvedType(ResolvedKind.ProcessName))),
        new("ppid", ScriptFunction.Ppid, 1, 1, static (c, call) => c.CheckTask(call)),
        new("leader_tid", ScriptFunction.LeaderTid, 1, 1, static (c, call) => c.CheckTask(call)),
        new("pcomm", ScriptFunction.PComm, 1, 1, static (c, call) => c.CheckTask(call)),
        new("leader_comm", ScriptFunction.LeaderComm, 1, 1, static (c, call) => c.CheckTask(call)),
        new("bswap", ScriptFunction.BSwap, 1, 1, static (c, call) => c.CheckBSwap(call)),
        new("kptr", ScriptFunction.KPtr, 1, 1, static (c, call) => c.CheckSpace(call, MemorySpace.Kernel)),
        new("uptr", ScriptFunction.UPtr, 1, 1, static (c, call) => c.CheckSpace(call, MemorySpace.User)),
        new("is_err", ScriptFunction.IsErr, 1, 1, static (c, call) => c.CheckIsErr(call)),
        new("is_ptr", ScriptFunction.IsPtr, 1, 1, static (c, call) => c.CheckKind(call, static (_, t) => t is PointerType)),
        new("is_array", ScriptFunction.IsArray, 1, 1, static (c, call) => c.CheckKind(call, static (_, t) => t is ArrayType)),
        new("is_integer", ScriptFunction.IsInteger, 1, 1, static (c, call) => c.CheckKind(call, static (_, t) => t is IntegerType or EnumType)),
        new("is_unsigned_integer", ScriptFunction.IsUnsigned, 1, 1, static (c, call) => c.CheckKind(call, static (_, t) => t is IntegerType { IsSigned: false })),
        new("is_str", ScriptFunction.IsString, 1, 1, static (c, call) => c.CheckKind(call, static (_, t) => t is StringType)),
        new("is_literal", ScriptFunction.IsLiteral, 1, 1, static (c, call) => c.CheckKind(call, static (e, _) => e is IntegerLiteral or StringLiteral or BooleanLiteral)),
        new("kfunc_exist", ScriptFunction.KFuncExist, 1, 1, static (c, call) => c.CheckKernelFunction(call)),
        new("socket_cookie", ScriptFunction.SocketCookie, 1, 1, static (c, call) => c.CheckSocketCookie(call)) { Providers = Tracing },

        new("signal", ScriptFunction.Signal, 1, 1, static (c, call) => c.CheckSignal(call)) { IsUnsafe = true },
        new("signal_thread", ScriptFunction.SignalThread, 1, 1, static (c, call) => c.CheckSignal(call)) { IsUnsafe = true },
        new("override", ScriptFunction.Override, 1, 1, static (c, call) => c.CheckNumber(call, VoidType.Instance)) { IsUnsafe = true, Providers = ProbeProvider.KProbe },
        new("write_user", ScriptFunction.ProbeWriteUser, 3, 3, static (c, call) => c.CheckWriteUser(call)) { IsUnsafe = true },
    }.ToFrozenDictionary(static r => r.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Rules.Keys;

    public static FunctionRule? Find(string name) => Rules.GetValueOrDefault(name);
}
