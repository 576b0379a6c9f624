namespace PerfTrace.BpfTrace;

/// <summary>A value whose text is found outside of the kernel: an address's name, a user's name, a time of day.</summary>
internal sealed record ResolvedType(ResolvedKind Kind) : ScriptType
{
    public override int Size => Kind switch
    {
        ResolvedKind.KernelSymbol or ResolvedKind.UserName or ResolvedKind.ProbeName or ResolvedKind.ErrorName
            or ResolvedKind.SignalName or ResolvedKind.SystemCall or ResolvedKind.ProcessName => 8,
        ResolvedKind.MacAddress => 6,
        ResolvedKind.InternetAddress => 20,
        _ => 16,
    };

    public override int Alignment => Kind switch
    {
        ResolvedKind.MacAddress => 1,
        ResolvedKind.InternetAddress => 4,
        _ => 8,
    };

    public override string Name => Kind switch
    {
        ResolvedKind.KernelSymbol => "ksym_t",
        ResolvedKind.UserSymbol => "usym_t",
        ResolvedKind.UserName => "username",
        ResolvedKind.ProbeName => "probe",
        ResolvedKind.Timestamp => "timestamp",
        ResolvedKind.MacAddress => "mac_address",
        ResolvedKind.InternetAddress => "inet",
        ResolvedKind.ErrorName => "strerror",
        ResolvedKind.SignalName => "signal_name",
        ResolvedKind.SystemCall => "syscall_name",
        ResolvedKind.ProcessName => "comm",
        _ => "cgroup_path",
    };
}
