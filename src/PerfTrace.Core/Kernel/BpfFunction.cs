namespace PerfTrace.Kernel;

/// <summary>Machine code that the kernel made of a BPF program or of one of its functions.</summary>
/// <param name="Start">Its address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Name">What the kernel calls it: <c>bpf_prog_TAG_NAME</c>.</param>
internal readonly record struct BpfFunction(ulong Start, uint Length, string Name);
