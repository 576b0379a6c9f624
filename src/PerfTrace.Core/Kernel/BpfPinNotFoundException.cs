using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Nothing is pinned at a path of bpffs.</summary>
public sealed class BpfPinNotFoundException : KernelException
{
    internal BpfPinNotFoundException(string call, string path)
        : base(Errno.ENOENT, call, path, "Get-BpfPin lists what is pinned.", $"Nothing is pinned at {path} (ENOENT).")
    {
    }
}
