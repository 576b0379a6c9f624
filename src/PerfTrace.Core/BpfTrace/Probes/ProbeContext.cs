using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>What a probe's block is compiled for: one kind of attach point, with one layout of its arguments. A probe whose attach points differ in this is compiled for each.</summary>
internal sealed record ProbeContext
{
    public required ProbeProvider Provider { get; init; }

    public required BpfProgramType ProgramType { get; init; }

    public BpfAttachType AttachType { get; init; }

    /// <summary>Of fentry, fexit and iterators: the function in the kernel's types, or in those of <see cref="AttachProgram"/>.</summary>
    public uint AttachTypeId { get; init; }

    /// <summary>Of fentry and fexit at a function of a BPF program: the program's id; 0: it is one of the kernel.</summary>
    public uint AttachProgram { get; init; }

    /// <summary>Of an iterator that is kept as a file: its path. Whoever reads that has the program run, which prints into it.</summary>
    public string? Pin { get; init; }

    /// <summary>
    /// What <c>args</c> leads to: the fields of a tracepoint's record by their offset in the context; the arguments of fentry, fexit and raw tracepoints, 8 bytes each, by their offset
    /// in the context; the parameters that a user function's debug information names. Null: there are none.
    /// </summary>
    public RecordType? Arguments { get; init; }

    /// <summary>Of probes of programs and libraries the place; null where nothing of the block depends on it.</summary>
    public UserPlace? Place { get; init; }

    /// <summary>The type of <c>retval</c>, where it is more than a number; in fexit it stands behind the arguments in the context.</summary>
    public ScriptType? ReturnType { get; init; }

    /// <summary>The numbers, in the plan's list of probe names, of the attach points that run this program. More than one: the attach cookie tells which.</summary>
    public IReadOnlyList<int> ProbeNumbers { get; init; } = [];

    /// <summary>The program asks which attach point it runs at.</summary>
    public bool ReadsProbe { get; init; }

    /// <summary>Of a program at the raw tracepoint of all system calls: which of them it is for.</summary>
    public SystemCallDispatch? Dispatch { get; init; }
}
