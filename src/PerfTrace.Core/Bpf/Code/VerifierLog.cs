using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>The end of a verifier's log (kernel/bpf/log.c and verifier.c): where it stopped and why.</summary>
/// <param name="Reason">Its last words; an errno's text may be all that there is.</param>
/// <param name="InstructionIndex">The number of the last instruction.</param>
/// <param name="Instruction">The last instruction, without the state behind it.</param>
/// <param name="SourceLine">The last source line above it.</param>
internal sealed partial record VerifierLog(string Reason, int? InstructionIndex, string? Instruction, string? SourceLine)
{
    // What helps, by what the verifier says of the most frequent faults.
    private static readonly (string Words, string Advice)[] KnownFaults =
    [
        ("GPL", "The helper is for programs with a license that is compatible with the GPL alone: give the program one."),
        ("_or_null'", "The pointer may be null: compare it with zero before it is used."),
        ("possibly NULL pointer", "The pointer may be null: compare it with zero before it is used."),
        ("too large", "Too many paths lead through the program: make loops shorter, or leave them with fewer different states."),
        ("back-edge", "This kernel's verifier finds no end of the loop: give it a constant bound (kernels before 5.3 take no loops at all)."),
        ("infinite loop", "The verifier finds no end of the loop: give it a constant bound."),
        ("stack", "The stack of a program has 512 bytes, together with those of the functions it is in: use a per-CPU array for more."),
        ("unbounded", "The verifier knows no upper limit of the number: compare it with one before it is added or given as a size."),
        ("!read_ok", "The register has no value yet, or a call has destroyed it (calls destroy registers 1 to 5)."),
        ("unknown func", "This kernel has no such helper, or does not give it to programs of this type (Get-BpfFeature -Helper tells)."),
        ("cannot use helper", "This kernel does not give that helper to programs of this type (Get-BpfFeature -Helper tells)."),
        ("unreachable insn", "Nothing jumps to the instruction: leave it out."),
        ("invalid bpf_context access", "Programs of this type have no field there, or one of another size, or one that can not be written."),
        ("attach to unsupported member", "The structure of the kernel has no such member, or programs are not to implement it."),
    ];

    public static VerifierLog Parse(string log)
    {
        int? index = null;
        string? instruction = null, source = null, lastSource = null, reason = null, last = null;
        foreach (ReadOnlySpan<char> line in log.AsSpan().EnumerateLines())
        {
            if (line.Trim().IsEmpty || IsStatistic(line))
                continue;
            string text = line.ToString();
            if (text.StartsWith("; ", StringComparison.Ordinal))
            {
                lastSource = text[2..].Trim();
            }
            else if (InstructionPattern().Match(text) is { Success: true } match)
            {
                index = int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
                instruction = match.Groups["text"].Value.TrimEnd();
                source = lastSource;
                reason = null;
            }
            else
            {
                last = text.Trim();
                if (!StatePattern().IsMatch(text))
                    reason = reason is null ? last : $"{reason}; {last}";
            }
        }
        return new VerifierLog(reason ?? last ?? "it gives no reason", index, instruction, source);
    }

    public static string? Advise(Errno errno, string reason, SystemPaths? paths = null)
    {
        if (HelperPattern().Match(reason) is { Success: true } helper && KernelLockdown.ForHelper(helper.Groups["name"].Value, paths ?? SystemPaths.Default) is { } lockdown)
            return lockdown;
        foreach ((string words, string advice) in KnownFaults)
        {
            if (reason.Contains(words, StringComparison.OrdinalIgnoreCase))
                return advice;
        }
        return errno == Errno.EPERM ? "It takes CAP_BPF, and CAP_PERFMON for programs that trace: run as root." : "The exception's property Log has all that the verifier wrote.";
    }

    /// <summary>A helper that it does not give: "unknown func bpf_loop#181", "program of this type cannot use helper bpf_loop#181".</summary>
    [GeneratedRegex(@"(unknown func|cannot use helper|invalid func) (?<name>\w+)#(?<number>\d+)")]
    public static partial Regex HelperPattern();

    private static bool IsStatistic(ReadOnlySpan<char> line) => line.StartsWith("processed ") || line.StartsWith("verification time ") || line.StartsWith("stack depth ");

    // "12: (79) r1 = *(u64 *)(r1 +8)        ; R1_w=scalar()"
    [GeneratedRegex(@"^(?<index>\d+): (?<text>\([0-9a-f]{2}\) [^;]*)")]
    private static partial Regex InstructionPattern();

    // "0: R1=ctx() R10=fp0", "from 3 to 5: R0=0", "last_idx 4 first_idx 0", "R1=ctx(off=0,imm=0) R10=fp0", "func#0 @0", "mark_precise: frame0: …"
    [GeneratedRegex(@"^(\s*\d+: |from \d+ to |last_idx |parent |regs=|mark_precise: |func#|Live regs |propagating |(frame\d+:)? ?R\d+(_[rw]+)?=|caller:|callee:|returning from |to caller at |cur state: |old state: )")]
    private static partial Regex StatePattern();
}
