namespace PerfTrace.Profiles;

/// <summary>What a frame of a profile is.</summary>
public enum FrameKind
{
    /// <summary>A function of a program or library.</summary>
    User,

    /// <summary>A function of the kernel or of one of its modules.</summary>
    Kernel,

    /// <summary>A function that the process made while it ran (JIT).</summary>
    Generated,

    /// <summary>A function that was inlined into the one below.</summary>
    Inlined,

    /// <summary>Nothing is known of the address.</summary>
    Unknown,

    /// <summary>No function: the command, thread or other key that the stacks are grouped by.</summary>
    Label,
}
