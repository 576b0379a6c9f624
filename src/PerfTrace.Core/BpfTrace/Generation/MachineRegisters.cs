using System.Runtime.InteropServices;

namespace PerfTrace.BpfTrace;

/// <summary>Where registers lie in the context of probes: struct pt_regs of arch/x86/include/asm/ptrace.h, struct user_pt_regs of arch/arm64/include/uapi/asm/ptrace.h.</summary>
internal sealed record MachineRegisters(int[] Arguments, int Result, int StackPointer, int InstructionPointer, IReadOnlyDictionary<string, int> ByName)
{
    private static readonly MachineRegisters X64 = new([112, 104, 96, 88, 72, 64], 80, 152, 128, new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["r15"] = 0, ["r14"] = 8, ["r13"] = 16, ["r12"] = 24, ["bp"] = 32, ["bx"] = 40, ["r11"] = 48, ["r10"] = 56, ["r9"] = 64, ["r8"] = 72, ["ax"] = 80, ["cx"] = 88,
        ["dx"] = 96, ["si"] = 104, ["di"] = 112, ["orig_ax"] = 120, ["ip"] = 128, ["cs"] = 136, ["flags"] = 144, ["sp"] = 152, ["ss"] = 160,
    });

    private static readonly MachineRegisters Arm64 = new([0, 8, 16, 24, 32, 40, 48, 56], 0, 248, 256,
        Enumerable.Range(0, 31).Select(static i => KeyValuePair.Create($"r{i}", 8 * i)).Concat(
            [KeyValuePair.Create("sp", 248), KeyValuePair.Create("pc", 256), KeyValuePair.Create("pstate", 264)]).ToDictionary(StringComparer.Ordinal));

    /// <summary>Those of this machine.</summary>
    /// <exception cref="PlatformNotSupportedException">It is neither x86-64 nor ARM64.</exception>
    public static MachineRegisters Current => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        var other => throw new PlatformNotSupportedException($"Arguments of probes are known for x86-64 and ARM64, not for {other}."),
    };
}
