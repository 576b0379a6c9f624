namespace PerfTrace.BpfTrace;

/// <summary>
/// A call stack: its number in the map of stacks (8 bytes, negative where it could not be taken), then the process and thread (4 bytes each) whose memory the user part's addresses mean.
/// </summary>
/// <param name="IsUser">Of the process, else of the kernel.</param>
/// <param name="Mode">How it is written.</param>
/// <param name="Depth">At most so many frames.</param>
internal sealed record StackType(bool IsUser, StackMode Mode, int Depth) : ScriptType
{
    public const int DefaultDepth = 127;

    public const int ProcessOffset = 8, ThreadOffset = 12;

    /// <summary>The bytes of a frame in the kernel's map: an address, or struct bpf_stack_build_id.</summary>
    public int FrameSize => Mode == StackMode.BuildId ? 32 : 8;

    public override int Size => 16;

    public override string Name => IsUser ? "ustack_t" : "kstack_t";
}
