using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>Attaches a program to many places of programs and libraries by one link for each file, where the kernel can (Linux 6.6): one by one each waits for all CPUs.</summary>
internal static class UserProbePlanner
{
    private static readonly Lazy<bool> IsPossible = new(static () => BpfLinkProbe.Has(BpfLinkType.UProbeMulti));

    /// <summary>How a program is loaded that runs at these events.</summary>
    public static ProbeContext Plan(ProbeContext context, IReadOnlyList<ProbeTarget> targets) =>
        // Until Linux 6.11 such a link that is for one process takes it for a thread.
        targets.Count > 1 && targets.All(static t => t.Hook is UProbeHook { ProcessId: < 0 }) && IsPossible.Value ? context with { AttachType = BpfAttachType.TraceUProbeMulti } : context;
}
