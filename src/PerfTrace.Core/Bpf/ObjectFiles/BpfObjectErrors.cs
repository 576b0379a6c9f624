using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What libbpf's error numbers and messages mean. The numbers say little, and only the messages name the program or map.</summary>
internal static partial class BpfObjectErrors
{
    // What libbpf says, and what it means.
    private static readonly (string Words, BpfObjectProblem Problem, string Advice)[] KnownProblems =
    [
        ("missing BPF prog type", BpfObjectProblem.UnknownProgramType,
            "The section of a program does not say what kind it is: name it as libbpf does, SEC(\"tracepoint/sched/sched_switch\"), SEC(\"raw_tp/sched_switch\"), SEC(\"perf_event\")."),
        ("BTF is required, but is missing", BpfObjectProblem.NoTypeInformation, "Compile it with 'clang -target bpf -g', which writes type information."),
        ("failed to find valid kernel BTF", BpfObjectProblem.NoTypeInformation, "This kernel was built without type information (CONFIG_DEBUG_INFO_BTF), which the object needs."),
        ("Error loading vmlinux BTF", BpfObjectProblem.NoTypeInformation, "This kernel was built without type information (CONFIG_DEBUG_INFO_BTF), which the object needs."),
        ("not found in kernel or module BTFs", BpfObjectProblem.MissingSymbol, "This kernel has no such function: it is older or newer than the object expects."),
        ("is not found in vmlinux BTF", BpfObjectProblem.MissingSymbol, "This kernel has no such function to attach to."),
        ("(strong) not resolved", BpfObjectProblem.MissingSymbol, "This kernel has no such variable or setting; declare it __weak where it may be missing."),
        ("extern (var ksym)", BpfObjectProblem.MissingSymbol, "This kernel has no such variable; declare it __weak where it may be missing."),
        ("extern (func ksym)", BpfObjectProblem.MissingSymbol, "This kernel has no such function; declare it __weak where it may be missing."),
        ("failed to find BTF for extern", BpfObjectProblem.MissingSymbol, "It calls a function or uses a variable that it only declares: define it, or declare it with __ksym."),
        ("bad map relo against", BpfObjectProblem.MissingSymbol, "A program uses a map that is not in the section .maps."),
        ("legacy map definitions", BpfObjectProblem.Refused, "Maps in the section 'maps' are of libbpf's time before 1.0: define them in SEC(\".maps\") with __uint and __type."),
    ];

    public static Exception OfOpening(string path, int error, IReadOnlyList<BpfLogMessage> log)
    {
        Errno errno = (Errno)error;
        if (errno is Errno.EACCES or Errno.EPERM or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
            return KernelException.Create(errno, "open", path);
        if (error == LibBpf.ErrorEndian)
            return new BpfObjectException(path, BpfObjectProblem.ByteOrder, "it is for machines of the other byte order.", log);
        return Known(path, log) ?? new BpfObjectException(path, BpfObjectProblem.Damaged, $"it is damaged: {Reason(log, error)}.", log);
    }

    /// <summary>Why an object could not be loaded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">The positive error number.</param>
    /// <param name="log">libbpf's messages.</param>
    /// <param name="kernelLog">What the kernel said of the program or the type information that it was given last.</param>
    /// <param name="typeOf">The type of a program.</param>
    public static Exception OfLoading(string path, int error, IReadOnlyList<BpfLogMessage> log, string kernelLog, Func<string, BpfProgramType?> typeOf)
    {
        Errno errno = (Errno)error;
        foreach (BpfLogMessage message in log)
        {
            if (ProgramRefused().Match(message.Text) is { Success: true } program)
                return OfProgram(program.Groups["name"].Value, errno, kernelLog, typeOf);
            if (MapRefused().Match(message.Text) is { Success: true } map)
                return BpfCalls.Error(errno, BpfCommand.MapCreate, $"{path}: {map.Groups["name"].Value}", MapAdvice(errno));
        }
        if (Known(path, log) is { } known)
            return known;
        if (errno is Errno.EPERM or Errno.EACCES or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE or Errno.ENOSYS)
            return BpfCalls.Error(errno, BpfCommand.ProgramLoad, path);
        return new BpfObjectException(path, BpfObjectProblem.Refused, $"libbpf can not load it: {Reason(log, error)}.", log);
    }

    /// <summary>Why a program could not be attached by its section.</summary>
    public static Exception OfAttaching(string path, string program, string section, Errno errno, IReadOnlyList<BpfLogMessage> log)
    {
        // The first is the one that names the hook; what follows says that it failed.
        string? reason = log.FirstOrDefault(static m => m.Level == BpfLogLevel.Warning)?.Text;
        if (errno is Errno.EOPNOTSUPP or Errno.EINVAL && reason is null)
        {
            return new BpfObjectException(path, BpfObjectProblem.NoTarget,
                $"the section '{section}' of the program {program} does not say what it is to be attached to: tell it New-BpfLink.", log);
        }
        string? advice = errno switch
        {
            Errno.ENOENT => $"This kernel has no such hook as the section '{section}' names.",
            _ => BpfAdvice.For(errno, SystemPaths.Default),
        };
        return KernelException.Create(errno, "attach", reason ?? $"{program} ({section})", advice);
    }

    /// <summary>Gives messages away; the list is empty then.</summary>
    public static void Tell(List<BpfLogMessage> messages, Action<BpfLogMessage>? log, bool includeWarnings)
    {
        foreach (BpfLogMessage message in messages)
        {
            // What an exception tells is no warning.
            if (includeWarnings || message.Level != BpfLogLevel.Warning)
                log?.Invoke(message);
            else
                log?.Invoke(message with { Level = BpfLogLevel.Information });
        }
        messages.Clear();
    }

    private static Exception OfProgram(string name, Errno errno, string kernelLog, Func<string, BpfProgramType?> typeOf)
    {
        if (kernelLog.Length > 0)
            return new BpfVerifierException(errno, name, kernelLog);
        // Without a word from the verifier it did not come so far.
        if (errno is Errno.EINVAL or Errno.EOPNOTSUPP && typeOf(name) is { } type && LibBpf.ProbeProgramType((uint)type, 0) == 0)
            return new BpfProgramTypeException(errno, type);
        return BpfCalls.Error(errno, BpfCommand.ProgramLoad, name);
    }

    private static BpfObjectException? Known(string path, IReadOnlyList<BpfLogMessage> log)
    {
        foreach (BpfLogMessage message in log.Where(static m => m.Level == BpfLogLevel.Warning))
        {
            foreach ((string words, BpfObjectProblem problem, string advice) in KnownProblems)
            {
                if (message.Text.Contains(words, StringComparison.Ordinal))
                    return new BpfObjectException(path, problem, $"{message.Text}. {advice}", log);
            }
        }
        return null;
    }

    // A refusal of the kernel's is followed by less and less special warnings: the first says most.
    private static string Reason(IReadOnlyList<BpfLogMessage> log, int error) =>
        log.FirstOrDefault(static m => m.Level == BpfLogLevel.Warning)?.Text is { Length: > 0 } text ? text : error switch
        {
            LibBpf.ErrorElf => "it is no ELF file that libelf can read",
            LibBpf.ErrorFormat => "it is not of the form of a BPF object",
            LibBpf.ErrorRelocation => "its relocations contradict it",
            LibBpf.ErrorProgramType => "this kernel does not have a type of its programs",
            _ => $"{KernelException.TextOf((Errno)error)} ({(Errno)error})",
        };

    private static string? MapAdvice(Errno errno) => errno switch
    {
        Errno.EINVAL => "The kernel does not take the map's type, sizes or number of entries: this kernel may not have the type (Get-BpfFeature tells), a ring buffer has a power of two of at least a page.",
        Errno.E2BIG => "It has more entries than the kernel takes: make -MapSize smaller.",
        _ => null,
    };

    // "prog 'x': BPF program load failed: Permission denied", of libbpf from 0.6 to 1.5 at least.
    [GeneratedRegex("^prog '(?<name>[^']+)': BPF program load failed: ")]
    private static partial Regex ProgramRefused();

    // "map 'x': failed to create: Invalid argument(-22)", "Error in bpf_create_map_xattr(x):Invalid argument(-22). Retrying without BTF." comes before.
    [GeneratedRegex("^map '(?<name>[^']+)': failed to create: ")]
    private static partial Regex MapRefused();
}
