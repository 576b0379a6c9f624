using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>The kernel's verifier does not accept a program.</summary>
public sealed class BpfVerifierException : KernelException
{
    internal BpfVerifierException(Errno errno, string program, string log)
        : this(errno, program, log, VerifierLog.Parse(log))
    {
    }

    private BpfVerifierException(BpfVerifierException whole, string log)
        : base(whole.Errno, whole.Call, whole.Subject, whole.Advice, whole.Summary)
    {
        Log = log;
        Reason = whole.Reason;
        Instruction = whole.Instruction;
        InstructionIndex = whole.InstructionIndex;
        SourceLine = whole.SourceLine;
    }

    private BpfVerifierException(Errno errno, string program, string log, VerifierLog parsed)
        : base(errno, "bpf", program, VerifierLog.Advise(errno, parsed.Reason), Describe(errno, program, parsed))
    {
        Log = log;
        Reason = parsed.Reason;
        Instruction = parsed.Instruction;
        InstructionIndex = parsed.InstructionIndex;
        SourceLine = parsed.SourceLine;
    }

    /// <summary>All that the verifier wrote.</summary>
    public string Log { get; }

    /// <summary>What it does not accept, in its own words.</summary>
    public string Reason { get; }

    /// <summary>The last instruction that it looked at; null when it did not come to any.</summary>
    public string? Instruction { get; }

    /// <summary>The number of that instruction, from 0.</summary>
    public int? InstructionIndex { get; }

    /// <summary>The source line of that instruction; null without line information.</summary>
    public string? SourceLine { get; }

    /// <summary>The same with no more of the log than its end: a log has up to 16 MB, and errors are kept by those who show them.</summary>
    internal BpfVerifierException WithEndOfLog()
    {
        const int Most = 16 << 10;
        if (Log.Length <= Most)
            return this;
        int line = Log.IndexOf('\n', Log.Length - Most);
        return new BpfVerifierException(this, Log[(line < 0 || line + 1 == Log.Length ? ^Most : line + 1)..]);
    }

    private static string Describe(Errno errno, string program, VerifierLog parsed)
    {
        string place = parsed.Instruction is null ? "" : $" At instruction {parsed.InstructionIndex}: {parsed.Instruction}";
        string source = parsed.SourceLine is null ? "" : $", of the line '{parsed.SourceLine}'";
        return $"The kernel's verifier rejects the program {program}: {parsed.Reason} ({errno}).{place}{source}{(place.Length > 0 ? "." : "")}";
    }
}
