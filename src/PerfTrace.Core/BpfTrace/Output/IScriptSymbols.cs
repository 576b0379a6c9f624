using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>What the numbers that programs leave behind mean outside of the kernel.</summary>
internal interface IScriptSymbols
{
    /// <summary>The frames of a list of addresses, with zeros behind the last.</summary>
    /// <param name="value">Addresses of 8 bytes, or entries with build ids of 32 (struct bpf_stack_build_id).</param>
    /// <param name="hasBuildIds">They have.</param>
    /// <param name="processId">Whose addresses those below the kernel's are; null: no process's.</param>
    StackFrame[] Frames(ReadOnlySpan<byte> value, bool hasBuildIds, int? processId);

    /// <summary>The name of a user; null where there is none of this number.</summary>
    string? UserName(ulong id);

    /// <summary>What a process is called now; null when there is none of this number.</summary>
    string? ProcessName(int id);

    /// <summary>The paths of a control group in the hierarchies whose names fit a pattern, by the hierarchies' names.</summary>
    IEnumerable<(string Hierarchy, string Path)> ControlGroupPaths(ulong id, string pattern);

    /// <summary>The names of the kernel's flags for allocations (GFP): those for several bits come first.</summary>
    IReadOnlyList<(ulong Bits, string Name)> AllocationFlags { get; }
}
