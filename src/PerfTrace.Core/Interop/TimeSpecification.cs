using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary><c>struct timespec</c> (include/uapi/linux/time.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;
}
