namespace PerfTrace.Bpf;

/// <summary>What programs of each type want to be run by hand.</summary>
internal static class BpfTestRunKinds
{
    public static BpfTestRunKind Of(BpfProgramType type) => type switch
    {
        BpfProgramType.SocketFilter or BpfProgramType.SchedulerClassifier or BpfProgramType.SchedulerAction or BpfProgramType.Xdp or BpfProgramType.CGroupSkb
            or BpfProgramType.LwtIn or BpfProgramType.LwtOut or BpfProgramType.LwtXmit or BpfProgramType.LwtSeg6Local or BpfProgramType.FlowDissector
            or BpfProgramType.NetFilter => BpfTestRunKind.Packet,
        BpfProgramType.SkLookup => BpfTestRunKind.Lookup,
        BpfProgramType.RawTracepoint or BpfProgramType.RawTracepointWritable => BpfTestRunKind.Arguments,
        BpfProgramType.Syscall => BpfTestRunKind.Call,
        BpfProgramType.Tracing or BpfProgramType.StructOps => BpfTestRunKind.Nothing,
        _ => BpfTestRunKind.None,
    };
}
