using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Gives type information to the kernel (BPF_BTF_LOAD), for the maps and programs that are made with it.</summary>
internal static unsafe class BpfBtf
{
    /// <summary>Loads it; the kernel checks it.</summary>
    /// <param name="btf">The blob (Documentation/bpf/btf.rst).</param>
    /// <exception cref="KernelException">EINVAL: it is none that this kernel takes.</exception>
    public static FileDescriptor Load(ReadOnlySpan<byte> btf)
    {
        fixed (byte* data = btf)
        {
            // struct { __aligned_u64 btf, btf_log_buf; __u32 btf_size, btf_log_size, btf_log_level; } of union bpf_attr
            ulong* attributes = stackalloc ulong[4];
            attributes[0] = (ulong)data;
            attributes[1] = attributes[3] = 0;
            attributes[2] = (uint)btf.Length;
            return new FileDescriptor(BpfCalls.Call(BpfCommand.BtfLoad, attributes, 28, "type information"));
        }
    }
}
