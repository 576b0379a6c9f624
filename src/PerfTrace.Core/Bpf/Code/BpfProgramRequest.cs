using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>A program that is to be loaded.</summary>
/// <param name="Type">What it is for.</param>
/// <param name="Code">Its instructions.</param>
internal sealed record BpfProgramRequest(BpfProgramType Type, BpfCode Code)
{
    /// <summary>Shown by the kernel, in 15 bytes; other characters than letters, digits, '_' and '.' become '_'.</summary>
    public string Name { get; init; } = "";

    /// <summary>Helpers that are for GPL programs alone want one that is compatible with it.</summary>
    public string License { get; init; } = "GPL";

    /// <summary>For the types that are of several kinds; 0 for the others.</summary>
    public BpfAttachType ExpectedAttachType { get; init; }

    /// <summary>The function, tracepoint or hook of the kernel's types that fentry, fexit, tp_btf, iter and lsm programs are for; 0 for the others.</summary>
    public uint AttachTypeId { get; init; }

    /// <summary>The types that <see cref="AttachTypeId"/> is in, where it is a module's; or the program that it is in.</summary>
    public FileDescriptor? AttachTo { get; init; }

    /// <summary>The program's own type information, which functions and lines of the code name; null: without.</summary>
    public FileDescriptor? Types { get; init; }

    /// <summary>BPF_F_*: sleepable, any alignment, multi-buffer XDP.</summary>
    public uint Flags { get; init; }

    /// <summary>For a program that a network card runs; 0: the CPU does.</summary>
    public uint InterfaceIndex { get; init; }
}
