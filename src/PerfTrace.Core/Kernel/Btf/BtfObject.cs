using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Type information that the kernel keeps under a number.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="Name">Of the kernel (<c>vmlinux</c>) or of a module; otherwise empty (Linux 5.11).</param>
/// <param name="IsKernel">It is the kernel's own, or of one of its modules.</param>
internal sealed unsafe record BtfObject(byte[] Data, string Name, bool IsKernel)
{
    // The kernel takes 16 MiB at most from users (BTF_MAX_SIZE in kernel/bpf/btf.c); its own are smaller than this.
    private const uint MostData = 256 << 20;

    private const int NameSize = 64; // MODULE_NAME_LEN

    /// <summary>struct bpf_btf_info of <c>include/uapi/linux/bpf.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Info
    {
        public const int StructureSize = 32;

        public ulong Data;
        public uint Size;
        public uint Id;
        public ulong Name;
        public uint NameLength;
        public uint IsKernel;
    }

    /// <summary>Reads type information; null when there is none of this number.</summary>
    /// <exception cref="KernelException">The kernel does not tell of it: that takes CAP_SYS_ADMIN.</exception>
    public static BtfObject? Read(uint id)
    {
        using FileDescriptor? descriptor = BpfCalls.TryOpen(BpfCommand.BtfById, id);
        if (descriptor is null)
            return null;
        Info info = default;
        byte* name = stackalloc byte[NameSize];
        info.Name = (ulong)name;
        info.NameLength = NameSize;
        BpfCalls.GetInfo(descriptor, &info, Info.StructureSize, $"BTF {id}");
        if (info.Size > MostData)
            throw new BtfException($"BTF {id}", 0, $"it has {info.Size} bytes");
        byte[] data = GC.AllocateUninitializedArray<byte>((int)info.Size);
        fixed (byte* place = data)
        {
            info.Data = (ulong)place;
            info.NameLength = NameSize;
            BpfCalls.GetInfo(descriptor, &info, Info.StructureSize, $"BTF {id}");
        }
        return new BtfObject(data, info.NameLength == 0 ? "" : BpfCalls.Text(new ReadOnlySpan<byte>(name, NameSize)), info.IsKernel != 0);
    }
}
