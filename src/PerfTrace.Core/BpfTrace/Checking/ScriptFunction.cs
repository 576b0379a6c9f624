namespace PerfTrace.BpfTrace;

/// <summary>The functions of the language that calls name, and the builtins that take arguments.</summary>
internal enum ScriptFunction
{
    /// <summary>Not found yet.</summary>
    None,
    /// <summary>A function that the script defines.</summary>
    Defined,

    // Aggregates, as the right side of an assignment to a map.
    Count, Sum, Min, Max, Avg, Stats, Hist, LHist, TSeries,

    // Done outside of the kernel.
    Printf, Errorf, Warnf, Print, Clear, Zero, Exit, Time, Join, Cat, System,

    // Maps.
    Delete, HasKey, Len,

    // Text and bytes.
    Str, Buf, StrNCmp, StrContains, StrStr, StrLen, StrCap, MemCmp, KStr, UStr, Path, Reg, StackLen, SkbOutput,

    // Values that get their text outside.
    KSym, USym, KAddr, UAddr, NToP, PToN, MacAddr, StrFTime, CGroupPath, CGroupId, StrError, SignalName, SystemCallName,

    // Numbers and addresses.
    Nsecs, KStack, UStack, BSwap, KPtr, UPtr, Signal, Override, PerCpuKAddr, SocketCookie, Ppid, Pid, Tid, Comm, IsPtr, IsArray, IsInteger, IsString, IsLiteral,
    IsUnsigned, Fail, Assert, StaticAssert, ProbeWriteUser, Unwatch, Macro,
    DwUStack, SignalThread, Find, LeaderTid, LeaderComm, PComm, StrConcat, IsErr, KFuncExist,
}
