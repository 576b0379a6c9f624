using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Tests.Support;

/// <summary>The smallest BPF programs, loaded: socket filters that let nothing through.</summary>
internal static unsafe class BpfFilter
{
    private const int ProgramLoad = 5, BtfLoad = 18, SocketFilter = 1;

    // union bpf_attr for BPF_PROG_LOAD, through func_info_cnt.
    private const int AttributesSize = 96;

    /// <summary>Without type information.</summary>
    public static FileDescriptor Load(string name) =>
        // r0 = 0; exit
        Load(name, [0xb7, 0x95], null, []);

    /// <summary>With a function, and the names of both in its type information: <c>NAME_main</c> and <c>NAME_part</c>.</summary>
    public static FileDescriptor LoadWithTypes(string name)
    {
        byte[] strings = Encoding.ASCII.GetBytes($"\0int\0{name}_main\0{name}_part\0");
        uint main = 5, part = main + (uint)name.Length + 6;
        // 1: int, 2: a prototype that returns it, 3 and 4: the functions (Documentation/bpf/btf.rst)
        uint[] types = [1, 0x01000000, 4, 0x01000020, 0, 0x0d000000, 1, main, 0x0c000000, 2, part, 0x0c000000, 2];
        byte[] btf = [0x9f, 0xeb, 1, 0, .. Word(24), .. Word(0), .. Word(types.Length * 4), .. Word(types.Length * 4), .. Word(strings.Length), .. types.SelectMany(static t => Word((int)t)), .. strings];
        // call part; exit; part: r0 = 0; exit
        using FileDescriptor known = LoadTypes(btf);
        return Load(name, [0x1_00001085, 0x95, 0xb7, 0x95], known, [0, 3, 2, 4]);
    }

    private static FileDescriptor LoadTypes(byte[] btf)
    {
        // u64 btf, btf_log_buf; u32 btf_size, btf_log_size, btf_log_level
        ulong* attributes = stackalloc ulong[4];
        new Span<ulong>(attributes, 4).Clear();
        fixed (byte* place = btf)
        {
            attributes[0] = (ulong)place;
            attributes[2] = (uint)btf.Length;
            return Descriptor(SystemCalls.Bpf(BtfLoad, attributes, 28, out int descriptor), descriptor, "type information");
        }
    }

    private static FileDescriptor Load(string name, ulong[] instructions, FileDescriptor? types, uint[] functions)
    {
        byte* license = stackalloc byte[] { (byte)'G', (byte)'P', (byte)'L', 0 };
        byte* attributes = stackalloc byte[AttributesSize];
        new Span<byte>(attributes, AttributesSize).Clear();
        fixed (ulong* code = instructions)
        fixed (uint* info = functions)
        {
            *(uint*)attributes = SocketFilter;
            *(uint*)(attributes + 4) = (uint)instructions.Length;
            *(ulong*)(attributes + 8) = (ulong)code;
            *(ulong*)(attributes + 16) = (ulong)license;
            Encoding.ASCII.GetBytes(name, new Span<byte>(attributes + 48, 15));
            if (types is not null)
            {
                *(int*)(attributes + 72) = types.Number;
                *(uint*)(attributes + 76) = 8; // struct bpf_func_info { u32 insn_off, type_id; }
                *(ulong*)(attributes + 80) = (ulong)info;
                *(uint*)(attributes + 88) = (uint)functions.Length / 2;
            }
            return Descriptor(SystemCalls.Bpf(ProgramLoad, attributes, AttributesSize, out int descriptor), descriptor, name);
        }
    }

    private static FileDescriptor Descriptor(Errno errno, int descriptor, string what) =>
        errno == Errno.None ? new FileDescriptor(descriptor) : throw KernelException.Create(errno, "bpf", what);

    private static byte[] Word(int value) => BitConverter.GetBytes(value);
}
