using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>bpf(2), command by command where all kinds of objects share one: ids, descriptors, info and pins.</summary>
internal static unsafe class BpfCalls
{
    // enum bpf_cmd of include/uapi/linux/bpf.h, for messages.
    private static readonly string[] CommandNames =
    [
        "BPF_MAP_CREATE", "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_UPDATE_ELEM", "BPF_MAP_DELETE_ELEM", "BPF_MAP_GET_NEXT_KEY", "BPF_PROG_LOAD", "BPF_OBJ_PIN",
        "BPF_OBJ_GET", "BPF_PROG_ATTACH", "BPF_PROG_DETACH", "BPF_PROG_TEST_RUN", "BPF_PROG_GET_NEXT_ID", "BPF_MAP_GET_NEXT_ID", "BPF_PROG_GET_FD_BY_ID",
        "BPF_MAP_GET_FD_BY_ID", "BPF_OBJ_GET_INFO_BY_FD", "BPF_PROG_QUERY", "BPF_RAW_TRACEPOINT_OPEN", "BPF_BTF_LOAD", "BPF_BTF_GET_FD_BY_ID",
        "BPF_TASK_FD_QUERY", "BPF_MAP_LOOKUP_AND_DELETE_ELEM", "BPF_MAP_FREEZE", "BPF_BTF_GET_NEXT_ID", "BPF_MAP_LOOKUP_BATCH",
        "BPF_MAP_LOOKUP_AND_DELETE_BATCH", "BPF_MAP_UPDATE_BATCH", "BPF_MAP_DELETE_BATCH", "BPF_LINK_CREATE", "BPF_LINK_UPDATE", "BPF_LINK_GET_FD_BY_ID",
        "BPF_LINK_GET_NEXT_ID", "BPF_ENABLE_STATS", "BPF_ITER_CREATE", "BPF_LINK_DETACH", "BPF_PROG_BIND_MAP", "BPF_TOKEN_CREATE",
        "BPF_PROG_STREAM_READ_BY_FD",
    ];

    /// <summary>The call alone; attributes behind <paramref name="size"/> are zero to the kernel.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="attributes">The part of union bpf_attr that belongs to the command.</param>
    /// <param name="size">Its bytes. A kernel that knows fewer wants the rest to be zero (E2BIG otherwise).</param>
    /// <param name="result">What the command returns: a descriptor, or 0.</param>
    public static Errno Try(BpfCommand command, void* attributes, uint size, out int result) => SystemCalls.Bpf((int)command, attributes, size, out result);

    /// <summary>The call, and its error as an exception with advice.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="attributes">The part of union bpf_attr that belongs to the command.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="subject">What it is done to, for the message: <c>map 12</c>.</param>
    /// <exception cref="KernelException">Any error.</exception>
    public static int Call(BpfCommand command, void* attributes, uint size, string? subject)
    {
        Errno errno = Try(command, attributes, size, out int result);
        return errno == Errno.None ? result : throw Error(errno, command, subject);
    }

    /// <summary>The exception for an error of a command.</summary>
    public static KernelException Error(Errno errno, BpfCommand command, string? subject, string? advice = null) =>
        KernelException.Create(errno, $"bpf({CommandNames[(int)command]})", subject, advice ?? BpfAdvice.For(errno, SystemPaths.Default));

    /// <summary>The next id behind <paramref name="id"/>; null: there is none.</summary>
    /// <param name="command">BPF_*_GET_NEXT_ID; takes CAP_SYS_ADMIN.</param>
    /// <param name="id">Where to go on; 0 begins.</param>
    /// <param name="errno">ENOENT at the end; EPERM.</param>
    public static uint? NextId(BpfCommand command, uint id, out Errno errno)
    {
        // struct { __u32 start_id; __u32 next_id; __u32 open_flags; } of union bpf_attr
        uint* attributes = stackalloc uint[3];
        attributes[0] = id;
        attributes[1] = attributes[2] = 0;
        errno = Try(command, attributes, 12, out _);
        return errno == Errno.None ? attributes[1] : null;
    }

    /// <summary>All ids of a kind.</summary>
    /// <exception cref="KernelException">EPERM: it takes CAP_SYS_ADMIN.</exception>
    public static List<uint> Ids(BpfCommand nextId, string kind)
    {
        var ids = new List<uint>();
        uint? id = 0;
        while (true)
        {
            id = NextId(nextId, id.Value, out Errno errno);
            if (id is null)
                return errno == Errno.ENOENT ? ids : throw Error(errno, nextId, kind);
            ids.Add(id.Value);
        }
    }

    /// <summary>A descriptor of an object by its id; null when it has gone.</summary>
    /// <param name="command">BPF_*_GET_FD_BY_ID.</param>
    /// <param name="id">The object.</param>
    /// <param name="flags">BPF_F_RDONLY (8) or BPF_F_WRONLY (16), maps alone.</param>
    /// <exception cref="KernelException">Every error but ENOENT.</exception>
    public static FileDescriptor? TryOpen(BpfCommand command, uint id, uint flags = 0)
    {
        Errno errno = TryOpen(command, id, out FileDescriptor? descriptor, flags);
        // EAGAIN: a link that is being made just now (bpf_link_by_id in kernel/bpf/syscall.c).
        return errno is Errno.None or Errno.ENOENT or Errno.EAGAIN ? descriptor : throw Error(errno, command, $"id {id}");
    }

    /// <summary>A descriptor of an object by its id, or the error number.</summary>
    public static Errno TryOpen(BpfCommand command, uint id, out FileDescriptor? descriptor, uint flags = 0)
    {
        uint* attributes = stackalloc uint[3];
        attributes[0] = id;
        attributes[1] = 0;
        attributes[2] = flags;
        Errno errno = Try(command, attributes, 12, out int number);
        descriptor = errno == Errno.None ? new FileDescriptor(number) : null;
        return errno;
    }

    /// <summary>BPF_OBJ_GET_INFO_BY_FD: fills as much of <paramref name="info"/> as this kernel knows; what the structure says is asked for.</summary>
    /// <param name="descriptor">A program, map, link or BTF.</param>
    /// <param name="info">struct bpf_prog_info, bpf_map_info, bpf_link_info or bpf_btf_info.</param>
    /// <param name="size">Its bytes; a kernel that knows fewer wants the rest to be zero.</param>
    public static Errno TryGetInfo(FileDescriptor descriptor, void* info, uint size)
    {
        // struct { __u32 bpf_fd; __u32 info_len; __aligned_u64 info; } of union bpf_attr
        ulong* attributes = stackalloc ulong[2];
        attributes[0] = (uint)descriptor.Number | ((ulong)size << 32);
        attributes[1] = (ulong)info;
        return Try(BpfCommand.ObjectInfo, attributes, 16, out _);
    }

    /// <summary>As <see cref="TryGetInfo"/>, with an exception.</summary>
    /// <exception cref="KernelException">Any error.</exception>
    public static void GetInfo(FileDescriptor descriptor, void* info, uint size, string? subject)
    {
        Errno errno = TryGetInfo(descriptor, info, size);
        if (errno != Errno.None)
            throw Error(errno, BpfCommand.ObjectInfo, subject);
    }

    /// <summary>BPF_OBJ_PIN: gives an object a name in bpffs, which keeps it alive.</summary>
    /// <exception cref="KernelException">EEXIST; EPERM where the path is not in bpffs; ENOENT: a folder is missing.</exception>
    public static void Pin(FileDescriptor descriptor, string path) => WithPath(BpfCommand.ObjectPin, path, descriptor.Number, 0);

    /// <summary>BPF_OBJ_GET: a descriptor of what is pinned at a path.</summary>
    /// <param name="path">A path in bpffs.</param>
    /// <param name="flags">BPF_F_RDONLY (8) or BPF_F_WRONLY (16), maps alone.</param>
    /// <exception cref="KernelException">ENOENT; EACCES where the path is not in bpffs.</exception>
    public static FileDescriptor GetPinned(string path, uint flags = 0) => new(WithPath(BpfCommand.ObjectGet, path, 0, flags));

    /// <summary>The text of a name field, through its first zero.</summary>
    public static string Text(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    private static int WithPath(BpfCommand command, string path, int descriptor, uint flags)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            // struct { __aligned_u64 pathname; __u32 bpf_fd; __u32 file_flags; } of union bpf_attr
            ulong* attributes = stackalloc ulong[2];
            attributes[0] = (ulong)text;
            attributes[1] = (uint)descriptor | ((ulong)flags << 32);
            Errno errno = Try(command, attributes, 16, out int result);
            return errno == Errno.None ? result
                : throw (errno == Errno.ENOENT && command == BpfCommand.ObjectGet ? new BpfPinNotFoundException($"bpf({CommandNames[(int)command]})", path)
                    : Error(errno, command, path, PathAdvice(errno, path)));
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static string? PathAdvice(Errno errno, string path) => errno switch
    {
        Errno.EEXIST => "There is something at that path already: take another name, or Remove-BpfPin it first.",
        Errno.ENOENT => "There is no such folder in bpffs.",
        Errno.EPERM or Errno.EACCES when !BpfFileSystem.Contains(path, SystemPaths.Default) =>
            "Pins live in the BPF file system alone, mostly /sys/fs/bpf (mount -t bpf bpf /sys/fs/bpf).",
        // bpf_lookup() of kernel/bpf/inode.c: names with one are kept for files of the kernel's own.
        Errno.EPERM when Path.GetFileName(path).Contains('.', StringComparison.Ordinal) => "bpffs takes no names with a dot.",
        Errno.ENAMETOOLONG => "A name in bpffs has 255 bytes at most.",
        _ => null,
    };
}
