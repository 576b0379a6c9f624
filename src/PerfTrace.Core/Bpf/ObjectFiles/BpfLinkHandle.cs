using Microsoft.Win32.SafeHandles;

namespace PerfTrace.Bpf;

/// <summary>A link that libbpf made: its descriptor, and for a tracepoint or probe the perf event beneath.</summary>
internal sealed class BpfLinkHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public BpfLinkHandle(nint link)
        : base(ownsHandle: true) => SetHandle(link);

    protected override bool ReleaseHandle() => LibBpf.DestroyLink(handle) == 0;
}
