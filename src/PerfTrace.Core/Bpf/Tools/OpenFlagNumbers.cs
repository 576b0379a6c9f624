using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>The kernel's numbers of open(2)'s flags.</summary>
internal static class OpenFlagNumbers
{
    // arch/arm64/include/uapi/asm/fcntl.h has these four at other places.
    private const uint Arm64Directory = 0x4000, Arm64NoFollow = 0x8000, Arm64Direct = 0x1_0000, Arm64LargeFile = 0x2_0000, Moved = 0x3_c000;

    public static OpenFlags Read(uint flags) => Read(flags, RuntimeInformation.ProcessArchitecture == Architecture.Arm64);

    public static OpenFlags Read(uint flags, bool isArm64)
    {
        if (!isArm64)
            return (OpenFlags)flags;
        return (OpenFlags)(flags & ~Moved)
            | ((flags & Arm64Directory) != 0 ? OpenFlags.Directory : 0)
            | ((flags & Arm64NoFollow) != 0 ? OpenFlags.NoFollow : 0)
            | ((flags & Arm64Direct) != 0 ? OpenFlags.Direct : 0)
            | ((flags & Arm64LargeFile) != 0 ? OpenFlags.LargeFile : 0);
    }
}
