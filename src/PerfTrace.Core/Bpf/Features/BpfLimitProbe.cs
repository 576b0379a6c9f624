using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>How large and how complex programs may be, and which instructions there are beside the first ones.</summary>
internal static partial class BpfLimitProbe
{
    private const int FormerLimit = 4096; // BPF_MAXINSNS

    public static IEnumerable<BpfFeature> Limits()
    {
        ulong[] large = new ulong[FormerLimit + 1];
        large.AsSpan().Fill(BpfTrial.Move(0, 1));
        large[^1] = BpfTrial.Exit;
        yield return Feature(BpfFeatureKind.Limit, "large_insn_limit", large);
        // r0 = 10; do r0 -= 1 while r0 != 0 (Linux 5.3)
        yield return Feature(BpfFeatureKind.Limit, "bounded_loops", [BpfTrial.Move(0, 10), BpfTrial.Instruction(0x17, 0, 0, 0, 1), BpfTrial.Instruction(0x55, 0, 0, -2, 0), BpfTrial.Exit]);
        yield return Complexity();
        // Memory is accounted by control groups since the helper ktime_get_coarse_ns came (Linux 5.11); before, RLIMIT_MEMLOCK bounds it. libbpf tells them apart by it, too.
        yield return Feature(BpfFeatureKind.Limit, "memcg_accounting", [BpfTrial.Instruction(0x85, 0, 0, 0, 160), BpfTrial.Move(0, 0), BpfTrial.Exit]);
    }

    public static IEnumerable<BpfFeature> Instructions()
    {
        // v2: jump if less (Linux 4.14)
        yield return Feature(BpfFeatureKind.Instruction, "v2_isa_extension", [BpfTrial.Move(0, 0), BpfTrial.Instruction(0xa5, 0, 0, 1, 0), BpfTrial.Move(0, 1), BpfTrial.Exit]);
        // v3: jumps that compare 32 bits (Linux 5.1)
        yield return Feature(BpfFeatureKind.Instruction, "v3_isa_extension", [BpfTrial.Move(0, 0), BpfTrial.Instruction(0xa6, 0, 0, 1, 0), BpfTrial.Move(0, 1), BpfTrial.Exit]);
        // v4: a jump over 32 bits of distance (Linux 6.6)
        yield return Feature(BpfFeatureKind.Instruction, "v4_isa_extension",
            [BpfTrial.Move(0, 0), BpfTrial.Instruction(0x35, 0, 0, 1, 1), BpfTrial.Instruction(0x06, 0, 0, 0, 1), BpfTrial.Move(0, 1), BpfTrial.Exit]);
        // Linux 6.14 on x86-64 and ARM64: BPF_LOAD_ACQ
        yield return Feature(BpfFeatureKind.Instruction, "load_acquire",
            [BpfTrial.Instruction(0x7a, 10, 0, -8, 0), BpfTrial.Instruction(0xdb, 0, 10, -8, 0x100), BpfTrial.Move(0, 0), BpfTrial.Exit]);
    }

    // A loop of more rounds than the verifier walks through: it says where it gave up.
    private static BpfFeature Complexity()
    {
        BpfTrial.Outcome outcome = BpfTrial.Load(BpfProgramType.SocketFilter,
            [BpfTrial.Move(0, 10_000_000), BpfTrial.Instruction(0x17, 0, 0, 0, 1), BpfTrial.Instruction(0x55, 0, 0, -2, 0), BpfTrial.Exit], logIsEnd: true);
        return TooLarge().Match(outcome.Log) is { Success: true } match
            ? new BpfFeature(BpfFeatureKind.Limit, "verified_instructions", true) { Value = long.Parse(match.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) - 1 }
            : new BpfFeature(BpfFeatureKind.Limit, "verified_instructions", outcome.Errno == Errno.EPERM ? null : false) { Reason = outcome.Reason };
    }

    private static BpfFeature Feature(BpfFeatureKind kind, string name, ulong[] instructions)
    {
        BpfTrial.Outcome outcome = BpfTrial.Load(BpfProgramType.SocketFilter, instructions, withLog: instructions.Length < FormerLimit);
        return new BpfFeature(kind, name, outcome.Errno == Errno.EPERM ? null : outcome.IsTaken) { Reason = outcome.Reason };
    }

    [GeneratedRegex(@"BPF program is too large\. Processed (?<count>\d+) insn", RegexOptions.CultureInvariant)]
    private static partial Regex TooLarge();
}
