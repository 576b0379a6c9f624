namespace PerfTrace.Tracing;

/// <summary>A frame of the deepest kernel stack.</summary>
/// <param name="Index">0 for the innermost.</param>
/// <param name="Depth">Bytes from the stack's beginning to the end of the frame.</param>
/// <param name="Size">Bytes that the frame takes.</param>
/// <param name="Location">Symbol and offset: <c>do_sys_poll+0x102/0x5a0</c>.</param>
public sealed record KernelStackEntry(int Index, int Depth, int Size, string Location)
{
    public override string ToString() => Location;
}
