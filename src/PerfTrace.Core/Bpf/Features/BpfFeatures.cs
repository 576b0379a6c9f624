using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// What the kernel's BPF can do, found out by doing it: programs, maps and types are given to bpf(2) and taken back at once. Nothing is attached, and nothing is concluded from a
/// version.
/// </summary>
public static class BpfFeatures
{
    /// <summary>Tries features, kind by kind; each is given as it is known.</summary>
    /// <param name="kinds">Which kinds; null: all.</param>
    /// <param name="programTypes">For which kinds of programs helpers are tried; null: for all.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="KernelException">This user may not load programs at all.</exception>
    public static IEnumerable<BpfFeature> Probe(IReadOnlyCollection<BpfFeatureKind>? kinds = null, Func<string, bool>? programTypes = null, CancellationToken stop = default)
    {
        SystemPaths paths = SystemPaths.Default;
        var programs = new BpfProgramProbe();
        foreach (BpfFeatureKind kind in Enum.GetValues<BpfFeatureKind>())
        {
            if (kinds is not null && !kinds.Contains(kind))
                continue;
            if (kind is not (BpfFeatureKind.Sysctl or BpfFeatureKind.Configuration or BpfFeatureKind.SystemCall))
                Demand();
            IEnumerable<BpfFeature> features = kind switch
            {
                BpfFeatureKind.SystemCall => [SystemCall()],
                BpfFeatureKind.ProgramType => programs.ProgramTypes(),
                BpfFeatureKind.Attachment => programs.AttachmentTypes(),
                BpfFeatureKind.MapType => BpfMapProbe.MapTypes(programs.KernelTypes),
                BpfFeatureKind.LinkType => BpfLinkProbe.LinkTypes(),
                BpfFeatureKind.Helper => programs.Helpers(programTypes, stop),
                BpfFeatureKind.KernelFunction => programs.KernelFunctions(),
                BpfFeatureKind.Limit => BpfLimitProbe.Limits(),
                BpfFeatureKind.Instruction => BpfLimitProbe.Instructions(),
                BpfFeatureKind.Btf => BpfSystemProbe.Btf(paths),
                BpfFeatureKind.Sysctl => BpfSystemProbe.Sysctls(paths),
                _ => BpfSystemProbe.Configuration(paths),
            };
            foreach (BpfFeature feature in features)
            {
                if (stop.IsCancellationRequested)
                    yield break;
                yield return feature;
            }
        }
    }

    // Where not even the smallest program may be loaded, each line would say no more than that.
    private static void Demand()
    {
        BpfTrial.Outcome outcome = BpfTrial.Load(BpfProgramType.SocketFilter, BpfTrial.Nothing, withLog: false);
        if (outcome.Errno is Errno.EPERM or Errno.EACCES or Errno.ENOSYS)
            throw BpfCalls.Error(outcome.Errno, BpfCommand.ProgramLoad, "the features of BPF");
    }

    private static unsafe BpfFeature SystemCall()
    {
        // Whoever may not use it hears EPERM; without the call it is ENOSYS.
        ulong nothing = 0;
        Errno errno = BpfCalls.Try(BpfCommand.ProgramLoad, &nothing, sizeof(ulong), out _);
        return new BpfFeature(BpfFeatureKind.SystemCall, "bpf", errno != Errno.ENOSYS) { Reason = errno == Errno.ENOSYS ? KernelException.TextOf(errno) : null };
    }
}
