using System.Text;

namespace PerfTrace.Kernel;

/// <summary>The names of the functions in type information (Documentation/bpf/btf.rst), by the number of their types.</summary>
internal static class BtfFunctionNames
{
    private const ushort Magic = 0xeb9f;
    private const int TypeSize = 12; // struct btf_type { __u32 name_off; __u32 info; __u32 size or type; }
    private const int FunctionKind = 12;

    // Bytes behind struct btf_type, for each member and in all, by kind (include/uapi/linux/btf.h, BTF_KIND_*).
    private static ReadOnlySpan<byte> MemberSizes => [0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12];

    private static ReadOnlySpan<byte> FixedSizes => [0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0];

    /// <summary>What is damaged, or of a kind of the future, ends the list.</summary>
    public static Dictionary<uint, string> Read(ReadOnlySpan<byte> btf)
    {
        // struct btf_header { __u16 magic; __u8 version, flags; __u32 hdr_len, type_off, type_len, str_off, str_len; }
        var names = new Dictionary<uint, string>();
        if (btf.Length < 24 || BitConverter.ToUInt16(btf) != Magic)
            return names;
        uint header = Word(btf, 4);
        if (Part(btf, header + (ulong)Word(btf, 8), Word(btf, 12)) is not { IsEmpty: false } types || Part(btf, header + (ulong)Word(btf, 16), Word(btf, 20)) is not { IsEmpty: false } strings)
            return names;
        uint id = 1; // 0 is void
        for (int at = 0; at + TypeSize <= types.Length; id++)
        {
            uint name = Word(types, at), info = Word(types, at + 4);
            int kind = (int)(info >> 24) & 0x1f, members = (int)(info & 0xffff);
            if (kind >= MemberSizes.Length)
                break;
            if (kind == FunctionKind && name < strings.Length)
            {
                ReadOnlySpan<byte> text = strings[(int)name..];
                int end = text.IndexOf((byte)0);
                names[id] = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
            }
            at += TypeSize + FixedSizes[kind] + (members * MemberSizes[kind]);
        }
        return names;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BitConverter.ToUInt32(bytes[at..]);

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, ulong at, uint size) =>
        at + size <= (ulong)bytes.Length ? bytes.Slice((int)at, (int)size) : [];
}
