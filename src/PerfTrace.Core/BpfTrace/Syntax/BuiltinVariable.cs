using System.Globalization;

namespace PerfTrace.BpfTrace;

internal enum BuiltinKind
{
    Pid, Tid, Uid, Gid, Comm, Nsecs, Elapsed, Jiffies, Cpu, NumaNode, CpuCount, CgroupId, CurrentTask, Random, Context, Arguments, Argument, StackArgument,
    ReturnValue, Function, Probe, ProbeType, KernelStack, UserStack, DwarfUserStack, UserName, UserMode, ChildPid, HasChild, ParentPid, ParentComm, LeaderTid,
    LeaderComm, Config,
}

/// <summary>A builtin variable, and the probes in which it has a value.</summary>
/// <param name="Name">As the manual writes it; <c>arg</c> and <c>sarg</c> without their number.</param>
/// <param name="Kind">Which.</param>
/// <param name="Providers">The kinds of probes that give it a value.</param>
internal sealed record BuiltinVariable(string Name, BuiltinKind Kind, ProbeProvider Providers)
{
    private const ProbeProvider Returns = ProbeProvider.KRetProbe | ProbeProvider.URetProbe | ProbeProvider.Fexit;

    private const ProbeProvider RegisterArguments =
        ProbeProvider.KProbe | ProbeProvider.UProbe | ProbeProvider.Usdt | ProbeProvider.RawTracepoint;

    private const ProbeProvider NamedArguments =
        ProbeProvider.Tracepoint | ProbeProvider.RawTracepoint | ProbeProvider.Fentry | ProbeProvider.Fexit | ProbeProvider.UProbe | ProbeProvider.URetProbe;

    private const ProbeProvider Functions =
        ProbeProvider.KProbe | ProbeProvider.KRetProbe | ProbeProvider.UProbe | ProbeProvider.URetProbe | ProbeProvider.Fentry | ProbeProvider.Fexit
        | ProbeProvider.Usdt;

    private static readonly BuiltinVariable Argument = new("arg", BuiltinKind.Argument, RegisterArguments);

    private static readonly BuiltinVariable StackArgument = new("sarg", BuiltinKind.StackArgument, ProbeProvider.KProbe | ProbeProvider.UProbe);

    private static readonly Dictionary<string, BuiltinVariable> ByName = new BuiltinVariable[]
    {
        new("pid", BuiltinKind.Pid, ProbeProvider.All),
        new("tid", BuiltinKind.Tid, ProbeProvider.All),
        new("uid", BuiltinKind.Uid, ProbeProvider.All),
        new("gid", BuiltinKind.Gid, ProbeProvider.All),
        new("comm", BuiltinKind.Comm, ProbeProvider.All),
        new("nsecs", BuiltinKind.Nsecs, ProbeProvider.All),
        new("elapsed", BuiltinKind.Elapsed, ProbeProvider.All),
        new("jiffies", BuiltinKind.Jiffies, ProbeProvider.All),
        new("cpu", BuiltinKind.Cpu, ProbeProvider.All),
        new("numaid", BuiltinKind.NumaNode, ProbeProvider.All),
        new("ncpus", BuiltinKind.CpuCount, ProbeProvider.All),
        new("cgroup", BuiltinKind.CgroupId, ProbeProvider.All),
        new("curtask", BuiltinKind.CurrentTask, ProbeProvider.All),
        new("rand", BuiltinKind.Random, ProbeProvider.All),
        new("ctx", BuiltinKind.Context, ProbeProvider.All),
        new("args", BuiltinKind.Arguments, NamedArguments),
        new("retval", BuiltinKind.ReturnValue, Returns),
        new("func", BuiltinKind.Function, Functions),
        new("probe", BuiltinKind.Probe, ProbeProvider.All),
        new("probetype", BuiltinKind.ProbeType, ProbeProvider.All),
        new("kstack", BuiltinKind.KernelStack, ProbeProvider.All),
        new("ustack", BuiltinKind.UserStack, ProbeProvider.All),
        new("dw_ustack", BuiltinKind.DwarfUserStack, ProbeProvider.All),
        new("username", BuiltinKind.UserName, ProbeProvider.All),
        new("usermode", BuiltinKind.UserMode, ProbeProvider.All),
        new("cpid", BuiltinKind.ChildPid, ProbeProvider.All),
        new("has_cpid", BuiltinKind.HasChild, ProbeProvider.All),
        new("ppid", BuiltinKind.ParentPid, ProbeProvider.All),
        new("pcomm", BuiltinKind.ParentComm, ProbeProvider.All),
        new("leader_tid", BuiltinKind.LeaderTid, ProbeProvider.All),
        new("leader_comm", BuiltinKind.LeaderComm, ProbeProvider.All),
        new("config", BuiltinKind.Config, ProbeProvider.All),
    }.ToDictionary(static v => v.Name, StringComparer.Ordinal);

    /// <summary>The names for messages and completion, <c>arg0</c> and <c>sarg0</c> for theirs.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Append("arg0").Append("sarg0");

    /// <summary>The builtin of a name, with the number of <c>argN</c> and <c>sargN</c>; null when there is none.</summary>
    public static (BuiltinVariable Variable, int Index)? Find(string name)
    {
        if (ByName.TryGetValue(name, out BuiltinVariable? found))
            return (found, 0);
        foreach (BuiltinVariable numbered in (ReadOnlySpan<BuiltinVariable>)[Argument, StackArgument])
        {
            if (name.Length > numbered.Name.Length && name.StartsWith(numbered.Name, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(numbered.Name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                return (numbered, index);
        }
        return null;
    }
}
