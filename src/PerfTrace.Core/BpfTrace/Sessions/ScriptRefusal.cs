using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Tells the author of a script what the kernel does not accept of it: the place in the script, what is wrong there, and the verifier's own words.</summary>
internal static class ScriptRefusal
{
    // Helpers that scripts need and kernels since 5.15 may lack: the kernel that has them first, and what is left without.
    private static readonly Dictionary<string, string> Newer = new(StringComparer.Ordinal)
    {
        ["bpf_map_lookup_percpu_elem"] = "Linux 5.19 has it, which the value of a map that each CPU keeps for itself is read with: print the map, or count in a map of plain numbers (@x++)",
        ["bpf_loop"] = "Linux 5.17 has it: make the range shorter",
        ["bpf_get_attach_cookie"] = "Linux 5.15 has it, which a probe of several events tells them apart with: write a probe for each",
        ["bpf_get_func_ip"] = "Linux 5.15 has it: probe names the function, too",
        ["bpf_ktime_get_tai_ns"] = "Linux 6.1 has it: nsecs(boot) or nsecs(monotonic) are there",
    };

    /// <summary>What the verifier does not accept.</summary>
    public static ScriptException Of(ScriptProgram program, IrProgram code, BpfVerifierException refusal)
    {
        SourceSpan span = (refusal.InstructionIndex is { } at ? code.PlaceOf(at) : null) ?? program.Probe.Span;
        string words = refusal.Reason.TrimEnd('.');
        (string message, string? advice) = Explain(program.Targets[0].Name, refusal.Reason, SystemPaths.Default);
        return new ScriptException([new ScriptDiagnostic(ScriptSeverity.Error, span, message, advice is null ? $"the verifier says: {words}" : $"{advice}; the verifier says: {words}")], refusal.WithEndOfLog());
    }

    /// <summary>More instructions than the kernel looks at: it says no more than that.</summary>
    public static ScriptException TooLarge(ScriptProgram program, IrProgram code, KernelException refusal) => new(
        [
            new ScriptDiagnostic(ScriptSeverity.Error, program.Probe.Span,
                string.Create(CultureInfo.InvariantCulture, $"the program of {program.Targets[0].Name} is too large: it has {code.Code.Instructions.Length} instructions"),
                "a program has at most a million, and 4096 for users without CAP_BPF: unroll fewer times, or use a loop"),
        ], refusal);

    internal static (string Message, string? Advice) Explain(string probe, string reason, SystemPaths paths)
    {
        if (VerifierLog.HelperPattern().Match(reason) is { Success: true } helper)
        {
            string name = helper.Groups["name"].Value;
            // Of a function that is newer than itself the kernel knows no name.
            if (name == "unknown")
                name = BpfHelpers.NameOf(int.Parse(helper.Groups["number"].Value, CultureInfo.InvariantCulture)) ?? name;
            return ($"the kernel does not give programs of {probe} the function {name}()", KernelLockdown.ForHelper(name, paths)?.TrimEnd('.') ?? Newer.GetValueOrDefault(name));
        }
        if (reason.Contains("infinite loop", StringComparison.Ordinal) || reason.Contains("back-edge", StringComparison.Ordinal))
            return ("the kernel's verifier sees no end of the loop", "give it a counter with a constant end, or write for ($i : 0..n)");
        if (reason.Contains("too large. Processed", StringComparison.Ordinal))
        {
            return ($"the program of {probe} is too large: the kernel's verifier looks at a million instructions, and does not come to the end",
                "it looks at a while loop as often as it runs: give it fewer rounds, unroll fewer times, or write for ($i : 0..n), whose body is looked at once");
        }
        if (reason.Contains("is too complex", StringComparison.Ordinal))
        {
            return ($"the program of {probe} is too large: the kernel's verifier keeps 8192 ways that it has yet to go, and there are more",
                "each round of a while or unrolled loop adds one for each if in it that is not known and for each map's entry that may be missing: fewer rounds, or for ($i : 0..n), whose body is looked at once");
        }
        if (reason.Contains("combined stack size", StringComparison.Ordinal) || reason.Contains("call stack", StringComparison.Ordinal))
            return ($"the program of {probe} needs too much stack", "use fewer variables and keys at a time, loops that are less deep inside of each other, or fewer functions that call each other");
        return ($"the kernel's verifier does not accept the program of {probe}", null);
    }
}
