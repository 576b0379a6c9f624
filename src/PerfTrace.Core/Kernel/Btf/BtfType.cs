namespace PerfTrace.Kernel;

/// <summary>A type: what <c>bpftool btf dump</c> shows as one line or paragraph. What it refers to is read when it is asked for.</summary>
public sealed class BtfType
{
    /// <summary>Typedefs, arrays and qualifiers follow each other; more of them than this is a circle.</summary>
    private const int MostSteps = 256;

    private const int PointerSize = 8;

    private readonly int _at;
    private readonly uint _info, _word;
    private IReadOnlyList<BtfMember>? _members;
    private IReadOnlyList<BtfParameter>? _parameters;
    private IReadOnlyList<BtfEnumerator>? _enumerators;
    private IReadOnlyList<BtfVariable>? _variables;

    internal BtfType(BtfTypes types, uint id, int at)
    {
        Types = types;
        Id = id;
        _at = at;
        _info = types.Blob.Word(at + 4);
        _word = types.Blob.Word(at + 8);
        Kind = (BtfKind)((_info >> 24) & 0x1f);
        Name = types.Text(types.Blob.Word(at), at);
    }

    /// <summary>void.</summary>
    internal BtfType(BtfTypes types)
    {
        Types = types;
        Name = "void";
    }

    public uint Id { get; }

    public BtfKind Kind { get; }

    /// <summary>The name; empty where it has none, as pointers and anonymous structs.</summary>
    public string Name { get; }

    /// <summary>The type as C writes it where it is used: <c>struct task_struct *</c>.</summary>
    public string TypeName => BtfDeclaration.Of(this, "");

    /// <summary>Bytes of a value; null for what has none: void, functions, a struct that is only declared.</summary>
    /// <exception cref="BtfException">The type contains itself, or its size is beyond all measure.</exception>
    public long? Size => TrySize();

    /// <summary>
    /// The type that this one is made of: what a pointer points to, an array's element, the other name of a typedef, a function's prototype, what a prototype returns.
    /// Null for types that are not made of another.
    /// </summary>
    public BtfType? Type => Kind switch
    {
        BtfKind.Array => Types.Refer(Word(0), _at),
        BtfKind.Pointer or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.Function or BtfKind.FunctionPrototype or BtfKind.Variable
            or BtfKind.DeclarationTag or BtfKind.TypeTag => Types.Refer(_word, _at),
        _ => null,
    };

    /// <summary>Elements of an array.</summary>
    public uint? Length => Kind == BtfKind.Array ? Word(8) : null;

    /// <summary>An array's type of index.</summary>
    public BtfType? IndexType => Kind == BtfKind.Array ? Types.Refer(Word(4), _at) : null;

    /// <summary>Of an integer: it has a sign. Of an enumeration: its values have one.</summary>
    public bool IsSigned => Kind switch
    {
        BtfKind.Integer => (Word(0) & (1 << 24)) != 0,
        BtfKind.Enum or BtfKind.Enum64 => IsFlagged,
        _ => false,
    };

    /// <summary>An integer that is true or false.</summary>
    public bool IsBoolean => Kind == BtfKind.Integer && (Word(0) & (4 << 24)) != 0;

    /// <summary>An integer that is a character of C: <c>char</c>, and not <c>unsigned char</c>.</summary>
    public bool IsCharacter => Kind == BtfKind.Integer && _word == 1 && ((Word(0) & (2 << 24)) != 0 || Name == "char");

    /// <summary>Bits of an integer; fewer than those of its bytes only for bit fields of old compilers.</summary>
    public uint? Bits => Kind == BtfKind.Integer ? Word(0) & 0xff : null;

    /// <summary>Of an integer, the bits before it: for bit fields of old compilers.</summary>
    public uint? BitOffset => Kind == BtfKind.Integer ? (Word(0) >> 16) & 0xff : null;

    /// <summary>Of a forward declaration: it is of a union.</summary>
    public bool IsUnionForward => Kind == BtfKind.Forward && IsFlagged;

    /// <summary>static, global or extern: of functions and variables.</summary>
    public string? Linkage => Kind switch
    {
        BtfKind.Function => LinkageName((uint)MemberCount),
        BtfKind.Variable => LinkageName(Word(0)),
        _ => null,
    };

    /// <summary>Of a declaration's tag, which parameter or member it stands at; -1: the whole.</summary>
    public int? ComponentIndex => Kind == BtfKind.DeclarationTag ? (int)Word(0) : null;

    /// <summary>A tag that is written as an attribute of its own name (Linux 6.15).</summary>
    public bool IsAttribute => Kind is BtfKind.TypeTag or BtfKind.DeclarationTag && IsFlagged;

    /// <summary>The members of a struct or union; none for other kinds.</summary>
    public IReadOnlyList<BtfMember> Members => _members ??= ReadMembers();

    /// <summary>The parameters of a function or prototype; none for other kinds.</summary>
    public IReadOnlyList<BtfParameter> Parameters => _parameters ??= Kind == BtfKind.Function && Type is { Kind: BtfKind.FunctionPrototype } prototype ? prototype.Parameters : ReadParameters();

    /// <summary>The names of an enumeration; none for other kinds.</summary>
    public IReadOnlyList<BtfEnumerator> Enumerators => _enumerators ??= ReadEnumerators();

    /// <summary>The variables of a section of data; none for other kinds.</summary>
    public IReadOnlyList<BtfVariable> Variables => _variables ??= ReadVariables();

    /// <summary>All types of which this is one. Not public: who writes an object with all that it refers to would write them all.</summary>
    internal BtfTypes Types { get; }

    /// <summary>It can be found by name among data: structs and the like, and not functions.</summary>
    internal bool IsData => Kind is BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Typedef or BtfKind.Integer or BtfKind.Float;

    /// <summary>const, volatile, restrict, or a tag.</summary>
    internal bool IsQualifier => Kind is BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag;

    internal int Place => _at;

    /// <summary>kind_flag: bit fields in a struct, signed values in an enumeration.</summary>
    internal bool IsFlagged => _info >> 31 != 0;

    internal int MemberCount => (int)(_info & 0xffff);

    /// <summary>The type without its other names and qualifiers.</summary>
    /// <exception cref="BtfException">It is named in a circle.</exception>
    public BtfType Resolve()
    {
        BtfType type = this;
        for (int i = 0; type.Kind == BtfKind.Typedef || type.IsQualifier; i++)
        {
            if (i >= MostSteps)
                throw Damage("its names go round in a circle");
            type = type.Type!;
        }
        return type;
    }

    /// <summary>The type as C declares it, as <c>bpftool btf dump … format c</c> writes it.</summary>
    public string ToDeclaration() => BtfDeclaration.Define(this);

    public override string ToString() => TypeName;

    internal BtfException Damage(string problem) => Types.Blob.Damage(_at, $"type {Id}{(Name.Length > 0 ? $" ({Name})" : "")}: {problem}");

    private static string LinkageName(uint linkage) => linkage switch
    {
        0 => "static",
        1 => "global",
        2 => "extern",
        _ => $"{linkage}",
    };

    // What stands behind struct btf_type.
    private uint Word(int at) => Types.Blob.Word(_at + BtfBlob.TypeSize + at);

    private string Text(int at) => Types.Text(Word(at), _at + BtfBlob.TypeSize + at);

    private long? TrySize()
    {
        const long Most = int.MaxValue; // what one span can hold, and far above all that a kernel has
        BtfType type = this;
        long count = 1;
        for (int i = 0; i < MostSteps; i++)
        {
            switch (type.Kind)
            {
                case BtfKind.Integer or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Float or BtfKind.DataSection:
                    return Measured(type._word);
                case BtfKind.Pointer:
                    return Measured(PointerSize);
                case BtfKind.Array:
                    count = Math.Min(count * type.Word(8), Most + 1); // both factors are below 2^32
                    break;
                case BtfKind.Typedef or BtfKind.Variable:
                    break;
                default:
                    if (!type.IsQualifier)
                        return null;
                    break;
            }
            type = type.Type!;
        }
        throw Damage("its names go round in a circle");

        long Measured(long size) => count * size is <= Most and var all ? all : throw Damage($"its size, {count} times {size} bytes, is beyond all measure");
    }

    private IReadOnlyList<BtfMember> ReadMembers()
    {
        if (Kind is not (BtfKind.Struct or BtfKind.Union))
            return [];
        // struct btf_member { __u32 name_off; __u32 type; __u32 offset; }; with kind_flag the offset's upper 8 bits are the size of a bit field.
        var members = new BtfMember[MemberCount];
        for (int i = 0; i < members.Length; i++)
        {
            uint type = Word((12 * i) + 4), offset = Word((12 * i) + 8);
            int place = _at + BtfBlob.TypeSize + (12 * i);
            uint bits = IsFlagged ? offset >> 24 : 0;
            offset = IsFlagged ? offset & 0xffffff : offset;
            // Without the flag, the integer's own type says what bits it is of.
            if (!IsFlagged && Types.Refer(type, place) is { Kind: BtfKind.Integer } integer && (integer.BitOffset != 0 || integer.Bits != integer._word * 8))
            {
                bits = integer.Bits!.Value;
                offset += integer.BitOffset!.Value;
            }
            members[i] = new BtfMember(this, Text(12 * i), type, offset, bits, place);
        }
        return members;
    }

    private IReadOnlyList<BtfParameter> ReadParameters()
    {
        if (Kind != BtfKind.FunctionPrototype)
            return [];
        // struct btf_param { __u32 name_off; __u32 type; }
        var parameters = new BtfParameter[MemberCount == 1 && Word(4) == 0 ? 0 : MemberCount]; // one of type void: (void)
        for (int i = 0; i < parameters.Length; i++)
        {
            uint type = Word((8 * i) + 4);
            parameters[i] = new BtfParameter(this, Text(8 * i), type, type == 0 && i == parameters.Length - 1, _at + BtfBlob.TypeSize + (8 * i));
        }
        return parameters;
    }

    private IReadOnlyList<BtfEnumerator> ReadEnumerators()
    {
        if (Kind is not (BtfKind.Enum or BtfKind.Enum64))
            return [];
        // struct btf_enum { __u32 name_off; __s32 val; }, struct btf_enum64 { __u32 name_off; __u32 val_lo32; __u32 val_hi32; }
        var enumerators = new BtfEnumerator[MemberCount];
        for (int i = 0; i < enumerators.Length; i++)
        {
            bool isWide = Kind == BtfKind.Enum64;
            int at = (isWide ? 12 : 8) * i;
            uint low = Word(at + 4);
            ulong value = isWide ? low | ((ulong)Word(at + 8) << 32) : IsFlagged ? (ulong)(int)low : low;
            enumerators[i] = new BtfEnumerator(Text(at), value, IsFlagged);
        }
        return enumerators;
    }

    private IReadOnlyList<BtfVariable> ReadVariables()
    {
        if (Kind != BtfKind.DataSection)
            return [];
        // struct btf_var_secinfo { __u32 type; __u32 offset; __u32 size; }
        var variables = new BtfVariable[MemberCount];
        for (int i = 0; i < variables.Length; i++)
            variables[i] = new BtfVariable(this, Word(12 * i), Word((12 * i) + 4), Word((12 * i) + 8), _at + BtfBlob.TypeSize + (12 * i));
        return variables;
    }
}
