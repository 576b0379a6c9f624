namespace PerfTrace.Perf;

/// <summary>How the call stack of a sample is found.</summary>
public enum CallStackMode
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The kernel follows the frame pointers of the program, which must have been compiled with them (-fno-omit-frame-pointer).</summary>
    FramePointer,

    /// <summary>The registers and the top of the stack are recorded, and unwound with the program's call frame information when they are read.</summary>
    Dwarf,

    /// <summary>The processor's record of calls and returns (Intel's last branch records).</summary>
    Lbr,
}
