using System.Buffers.Binary;
using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>
/// What a print format names and only the kernel's own type information (BTF, Documentation/bpf/btf.rst) tells: values of enumerators,
/// sizes, members and bit fields of structures.
/// </summary>
internal sealed class KernelTypes
{
    // include/uapi/linux/btf.h
    private const ushort Magic = 0xeb9f;
    private const int KindInt = 1, KindPointer = 2, KindArray = 3, KindStruct = 4, KindUnion = 5, KindEnum = 6, KindTypedef = 8, KindVolatile = 9,
        KindConst = 10, KindRestrict = 11, KindFunctionPrototype = 13, KindVariable = 14, KindSection = 15, KindDeclarationTag = 17,
        KindTypeTag = 18, KindEnum64 = 19;

    private const int NoType = int.MinValue / 2;

    private static readonly Lazy<KernelTypes> RunningTypes = new(static () => Load("/sys/kernel/btf"));

    private readonly byte[] _types;
    private readonly byte[] _strings;
    private readonly List<int> _offsets = [NoType];
    private readonly Dictionary<string, long> _enumerators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _named = new(StringComparer.Ordinal);

    private KernelTypes(byte[] types, byte[] strings)
    {
        _types = types;
        _strings = strings;
        Index();
    }

    /// <summary>Of the kernel that runs; empty where it has no BTF.</summary>
    public static KernelTypes Running => RunningTypes.Value;

    public static KernelTypes Load(string folder)
    {
        string path = Path.Combine(folder, "vmlinux");
        if (!File.Exists(path))
            return new KernelTypes([], []);
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new KernelTypes([], []);
        }
        return Parse(file) ?? new KernelTypes([], []);
    }

    /// <summary>Null: not BTF of this machine's byte order.</summary>
    public static KernelTypes? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 24 || BinaryPrimitives.ReadUInt16LittleEndian(file) != Magic)
            return null;
        long header = Word(file, 4), types = header + Word(file, 8), strings = header + Word(file, 16);
        long typesEnd = types + Word(file, 12), stringsEnd = strings + Word(file, 20);
        if (typesEnd > file.Length || stringsEnd > file.Length)
            return null;
        return new KernelTypes(file[(int)types..(int)typesEnd].ToArray(), file[(int)strings..(int)stringsEnd].ToArray());
    }

    public bool TryFindEnumerator(string name, out long value) => _enumerators.TryGetValue(name, out value);

    /// <summary>Bytes of <c>struct x</c> or <c>union x</c>, or of a typedef of one.</summary>
    public int? SizeOf(string name) => Resolve(name) is { } at ? (int)Word(_types, at + 8) : null;

    /// <summary>A typedef of an integer or an enumeration.</summary>
    public CType? Typedef(string name)
    {
        if (!_named.TryGetValue("typedef " + name, out int at))
            return null;
        at = Follow(at);
        return Kind(at) switch
        {
            KindInt or KindEnum or KindEnum64 => Describe(at),
            KindPointer => CType.VoidPointer,
            KindStruct or KindUnion => new CType(CTypeKind.Aggregate, (int)Word(_types, at + 8), false, Name: name),
            _ => null,
        };
    }

    /// <summary>A member of a structure or union, also one inside of members without a name.</summary>
    /// <param name="aggregate"><c>struct x</c>, <c>union x</c>, or a typedef's name.</param>
    /// <param name="member">Its name.</param>
    public (int BitOffset, int BitSize, CType Type)? FindMember(string aggregate, string member) =>
        Resolve(aggregate) is { } at ? FindMember(at, member, 0, 0) : null;

    private (int BitOffset, int BitSize, CType Type)? FindMember(int at, string member, int baseBit, int depth)
    {
        bool hasBitFields = (Word(_types, at + 4) & 0x80000000) != 0;
        int count = (int)(Word(_types, at + 4) & 0xffff);
        for (int i = 0; i < count; i++)
        {
            int entry = at + 12 + i * 12;
            string name = Name(Word(_types, entry));
            uint place = Word(_types, entry + 8);
            int offset = baseBit + (int)(hasBitFields ? place & 0xffffff : place), bits = hasBitFields ? (int)(place >> 24) : 0;
            int type = Follow(Type(Word(_types, entry + 4)));
            if (name == member)
                return (offset, bits, Describe(type));
            if (name.Length == 0 && depth < 8 && Kind(type) is KindStruct or KindUnion && FindMember(type, member, offset, depth + 1) is { } found)
                return found;
        }
        return null;
    }

    private CType Describe(int at) => Kind(at) switch
    {
        KindInt => Name(Word(_types, at)) is "_Bool" or "bool"
            ? CType.Bool
            : CType.Integer((int)Word(_types, at + 8), (Word(_types, at + 12) >> 24 & 1) != 0),
        KindEnum or KindEnum64 => CType.Integer((int)Word(_types, at + 8), false),
        KindArray => ArrayAt(at),
        KindStruct or KindUnion => new CType(CTypeKind.Aggregate, (int)Word(_types, at + 8), false,
            Name: (Kind(at) == KindStruct ? "struct " : "union ") + Name(Word(_types, at))),
        _ => CType.VoidPointer,
    };

    private CType ArrayAt(int at)
    {
        CType element = Describe(Follow(Type(Word(_types, at + 12))));
        return CType.ArrayOf(element, (int)Math.Min(int.MaxValue, element.Size * (long)Word(_types, at + 20)));
    }

    private int? Resolve(string name)
    {
        if (!_named.TryGetValue(name, out int at) && !_named.TryGetValue("typedef " + name, out at))
            return null;
        at = Follow(at);
        return Kind(at) is KindStruct or KindUnion ? at : null;
    }

    private int Follow(int at)
    {
        for (int steps = 0; steps < 16 && Kind(at) is KindTypedef or KindConst or KindVolatile or KindRestrict or KindTypeTag; steps++)
            at = Type(Word(_types, at + 8));
        return at;
    }

    private int Type(uint id) => id < (uint)_offsets.Count ? _offsets[(int)id] : NoType;

    private int Kind(int at) => _types.Length == 0 ? 0 : (int)(Word(_types, at + 4) >> 24 & 0x1f);

    private string Name(uint offset)
    {
        if (offset >= (uint)_strings.Length)
            return "";
        ReadOnlySpan<byte> rest = _strings.AsSpan((int)offset);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, long at) =>
        at >= 0 && at + 4 <= bytes.Length ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)at..]) : 0;

    private void Index()
    {
        int at = 0;
        while (at + 12 <= _types.Length)
        {
            _offsets.Add(at);
            int count = (int)(Word(_types, at + 4) & 0xffff);
            int kind = Kind(at);
            string? prefix = kind switch { KindStruct => "struct ", KindUnion => "union ", KindTypedef => "typedef ", _ => null };
            if (prefix is not null && Word(_types, at) != 0)
                _named.TryAdd(prefix + Name(Word(_types, at)), at);
            if (kind is KindEnum or KindEnum64)
                AddEnumerators(at, kind, count);
            at += 12 + kind switch
            {
                KindInt or KindVariable or KindDeclarationTag => 4,
                KindArray => 12,
                KindStruct or KindUnion or KindSection or KindEnum64 => count * 12,
                KindEnum or KindFunctionPrototype => count * 8,
                _ => 0,
            };
        }
    }

    private void AddEnumerators(int at, int kind, int count)
    {
        bool isSigned = (Word(_types, at + 4) & 0x80000000) != 0;
        for (int i = 0; i < count; i++)
        {
            int entry = at + 12 + i * (kind == KindEnum ? 8 : 12);
            uint low = Word(_types, entry + 4);
            long value = kind == KindEnum64 ? (long)((ulong)Word(_types, entry + 8) << 32 | low) : isSigned ? (int)low : low;
            _enumerators.TryAdd(Name(Word(_types, entry)), value);
        }
    }
}
