using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>A BPF program that is loaded, as bpf(2) tells of it.</summary>
internal sealed unsafe class LoadedBpfProgram
{
    // Line tables of large programs have some hundred thousand entries of 16 bytes; no program is larger than a million instructions.
    private const long MostData = 64 << 20;

    // The arrays by their numbers in enum perf_bpil_array_types (tools/perf/util/bpf-utils.h): where structure and count are, and the size of an element
    // (from the structure where the place of the size is not -1).
    private static readonly (int Number, int Pointer, int Count, int SizeAt, int Size)[] Wanted =
    [
        (0, 24, 16, -1, 1), // the machine code
        (3, 112, 104, -1, 8), // addresses of the functions
        (4, 120, 108, -1, 4), // their lengths
        (5, 136, 144, 132, 0), // struct bpf_func_info
        (6, 152, 148, 172, 0), // struct bpf_line_info
        (7, 160, 168, 176, 0), // addresses of the lines
        (8, 184, 180, -1, 8), // the functions' tags
    ];

    private readonly BpfProgramInfo _info;

    private LoadedBpfProgram(in BpfProgramInfo info, byte[] data)
    {
        _info = info;
        Data = data;
    }

    /// <summary>The kernel's structure; pointers are offsets into <see cref="Data"/>.</summary>
    public ref readonly BpfProgramInfo Info => ref _info;

    /// <summary>The arrays that were asked for, in the order of <see cref="Arrays"/>, each at a multiple of 8.</summary>
    public byte[] Data { get; }

    public uint Id => _info.Id;

    /// <summary>The number of the program's type information; 0: it has none.</summary>
    public uint BtfId => _info.BtfId;

    /// <summary>A hash of its instructions.</summary>
    public ReadOnlySpan<byte> Tag
    {
        get
        {
            fixed (byte* tag = _info.Tag)
                return new ReadOnlySpan<byte>(tag, BpfProgramInfo.TagSize).ToArray();
        }
    }

    /// <summary>The numbers of <see cref="Wanted"/> as bits.</summary>
    public static ulong Arrays
    {
        get
        {
            ulong bits = 0;
            foreach ((int number, _, _, _, _) in Wanted)
                bits |= 1UL << number;
            return bits;
        }
    }

    /// <summary>All programs that are loaded; none where the kernel does not tell of them: that takes CAP_SYS_ADMIN (bpf_obj_get_next_id in kernel/bpf/syscall.c).</summary>
    public static IReadOnlyList<LoadedBpfProgram> ReadAll()
    {
        var programs = new List<LoadedBpfProgram>();
        uint id = 0;
        while (BpfCalls.NextId(BpfCommand.ProgramNextId, id, out _) is { } next)
        {
            id = next;
            if (Read(id) is { } program)
                programs.Add(program);
        }
        return programs;
    }

    /// <summary>A program; null when it has gone meanwhile.</summary>
    public static LoadedBpfProgram? Read(uint id)
    {
        if (BpfCalls.TryOpen(BpfCommand.ProgramById, id, out FileDescriptor? opened) != Errno.None)
            return null;
        using FileDescriptor descriptor = opened!;
        BpfProgramInfo counts = default;
        if (BpfCalls.TryGetInfo(descriptor, &counts, BpfProgramInfo.StructureSize) != Errno.None)
            return null;
        BpfProgramInfo info = default;
        byte* from = (byte*)&counts, to = (byte*)&info;
        long size = 0;
        foreach ((_, _, int count, int sizeAt, int fixedSize) in Wanted)
        {
            *(uint*)(to + count) = *(uint*)(from + count);
            if (sizeAt >= 0)
                *(uint*)(to + sizeAt) = *(uint*)(from + sizeAt);
            size += Padded(from, count, sizeAt, fixedSize);
        }
        if (size > MostData)
            return null;
        byte[] data = new byte[size];
        fixed (byte* place = data)
        {
            long at = 0;
            foreach ((_, int pointer, int count, int sizeAt, int fixedSize) in Wanted)
            {
                if (*(uint*)(to + count) > 0)
                    *(ulong*)(to + pointer) = (ulong)(place + at);
                at += Padded(from, count, sizeAt, fixedSize);
            }
            if (BpfCalls.TryGetInfo(descriptor, &info, BpfProgramInfo.StructureSize) != Errno.None)
                return null;
            foreach ((_, int pointer, _, _, _) in Wanted)
            {
                if (*(ulong*)(to + pointer) != 0)
                    *(ulong*)(to + pointer) -= (ulong)place;
            }
        }
        return new LoadedBpfProgram(in info, data);
    }

    /// <summary>The machine code of the program and of its functions; none where the program is interpreted.</summary>
    /// <param name="types">Its type information, which has the names of the functions.</param>
    public IReadOnlyList<BpfFunction> Functions(BtfTypes? types)
    {
        const int MemberTag = 8, TypeAt = 4; // struct bpf_func_info { __u32 insn_off; __u32 type_id; }
        int count = (int)Math.Min(_info.JitedSymbolCount, _info.JitedFunctionLengthCount);
        types = _info.FunctionInfoCount < count ? null : types;
        var functions = new List<BpfFunction>(count);
        for (int i = 0; i < count; i++)
        {
            ulong start = BitConverter.ToUInt64(Data, (int)_info.JitedSymbols + (i * sizeof(ulong)));
            uint length = BitConverter.ToUInt32(Data, (int)_info.JitedFunctionLengths + (i * sizeof(uint)));
            // Where addresses are hidden they are zero.
            if (start == 0)
                continue;
            ReadOnlySpan<byte> tag = i < _info.TagCount ? Data.AsSpan((int)_info.Tags + (i * MemberTag), MemberTag) : Tag;
            BtfType? type = types?.TryGet(BitConverter.ToUInt32(Data, (int)(_info.FunctionInfo + (_info.FunctionInfoSize * (uint)i) + TypeAt)));
            string name = type is { Kind: BtfKind.Function } ? type.Name : count == 1 ? OwnName() : "F"; // as the kernel and perf call a function without a name
            functions.Add(new BpfFunction(start, length, $"bpf_prog_{Convert.ToHexStringLower(tag)}{(name.Length > 0 ? "_" : "")}{name}"));
        }
        return functions;
    }

    private string OwnName()
    {
        fixed (byte* name = _info.Name)
        {
            ReadOnlySpan<byte> text = new(name, BpfProgramInfo.NameSize);
            int end = text.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        }
    }

    private static long Padded(byte* info, int count, int sizeAt, int size) =>
        (((long)*(uint*)(info + count) * (sizeAt < 0 ? size : *(uint*)(info + sizeAt))) + 7) & ~7L;
}
