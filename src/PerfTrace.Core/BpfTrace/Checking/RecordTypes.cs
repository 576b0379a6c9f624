using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Finds the types that a script names: its own, the language's, the kernel's. One object stands for each struct.</summary>
internal sealed class RecordTypes
{
    // Typedefs of typedefs: more of them than this is a circle.
    private const int MostSteps = 64;

    private readonly Func<BtfTypes?> _kernel;
    private readonly Dictionary<(TypeTag Tag, string Name), CDefinition> _tagged = [];
    private readonly Dictionary<string, CTypedef> _typedefs = new(StringComparer.Ordinal);
    private readonly Dictionary<CEnumDefinition, EnumType> _enums = [];
    private readonly Dictionary<string, (EnumType? Type, long Value)> _constants = new(StringComparer.Ordinal);
    private readonly CRecords _records;
    private readonly FormatRecords _formats;
    private readonly BtfScriptTypes _btf = new();
    private BtfTypes? _types;
    private bool _isKernelRead;
    private int _depth;

    /// <param name="tree">The script, for its C definitions.</param>
    /// <param name="kernel">The kernel's types, asked for when first needed; null for those of the running kernel.</param>
    public RecordTypes(ScriptTree tree, Func<BtfTypes?>? kernel = null)
    {
        _kernel = kernel ?? RunningKernel;
        _records = new CRecords(t => Field(t), AlignmentOf);
        _formats = new FormatRecords(FindByText);
        foreach (CDefinition definition in tree.Definitions)
            Note(definition);
    }

    /// <summary>The kernel's types; null when it has none.</summary>
    public BtfTypes? Kernel
    {
        get
        {
            if (!_isKernelRead)
                (_types, _isKernelRead) = (_kernel(), true);
            return _types;
        }
    }

    /// <summary>What <c>args</c> leads to in a tracepoint of this format.</summary>
    public RecordType OfFormat(EventFormat format) => _formats.Of(format);

    /// <summary>What <c>args</c> leads to in a program that is called with the arguments of a function: <see cref="BtfScriptTypes.OfParameters"/>.</summary>
    public RecordType OfParameters(BtfType prototype, string name, int skip = 0, bool isFollowed = true) => _btf.OfParameters(prototype, name, skip, isFollowed);

    /// <summary>A type of the kernel, an address of a struct as one that the verifier follows.</summary>
    public ScriptType OfResult(BtfType type, bool isFollowed = true) => isFollowed ? BtfScriptTypes.Trusted(_btf.Of(type)) : _btf.Of(type);

    /// <summary>A type of the kernel.</summary>
    public ScriptType OfBtf(BtfType type) => _btf.Of(type);

    /// <summary>The number of a struct or union in the kernel's types; 0 for other types.</summary>
    public uint IdOf(ScriptType type) => type is RecordType { Tag: "struct" or "union" } record && !_tagged.ContainsKey((record.Tag == "struct" ? TypeTag.Struct : TypeTag.Union, record.TypeName))
        ? Kernel?.Find(record.TypeName, record.Tag == "struct" ? BtfKind.Struct : BtfKind.Union)?.Id ?? 0 : 0;

    /// <summary>A struct of the script or of the kernel; null when neither has it.</summary>
    public RecordType? FindStruct(string name) => FindTagged(TypeTag.Struct, name) as RecordType;

    /// <summary>A type as it is written; null when there is none, and a message says so. A <see cref="TypeofSyntax"/> is none of those.</summary>
    public ScriptType? Resolve(TypeSyntax syntax, ScriptMessages messages)
    {
        ScriptType? found = Find(syntax, isField: false);
        if (found is null)
            Complain(syntax, messages);
        return found;
    }

    /// <summary>There is a type of a name.</summary>
    public bool Has(NamedTypeSyntax name) => Find(name, isField: false) is not null;

    /// <summary>Says which fields of the structs that were used so far have no type.</summary>
    public void CheckFields(ScriptMessages messages)
    {
        foreach (TypeSyntax type in _records.Unknown)
        {
            if (Field(type) is null)
                Complain(type, messages);
            else
                messages.Error(type.Span, "a struct can not contain itself", "it can have a pointer to its own type");
        }
    }

    /// <summary>The value of a constant: of an enumeration of the script, of a <c>#define</c>, of an enumeration of the kernel; null when there is none of the name.</summary>
    public (EnumType? Type, long Value)? FindConstant(string name)
    {
        if (_constants.TryGetValue(name, out (EnumType? Type, long Value) own))
            return own;
        return Kernel is { } kernel && KernelConstants.Find(kernel, name) is { } found ? ((EnumType)_btf.Of(found.Type), found.Value)
            : HeaderConstants.Find(name) is { } plain ? (null, plain) : null;
    }

    /// <summary>As <see cref="FindConstant"/>, of the script's own.</summary>
    public long? FindOwnConstant(string name) => _constants.TryGetValue(name, out (EnumType? Type, long Value) own) ? own.Value : null;

    /// <summary>The names of constants that a message may propose.</summary>
    public IEnumerable<string> ConstantNames => _constants.Keys.Concat(Kernel is null ? [] : KernelConstants.Names(Kernel));

    private static BtfTypes? RunningKernel()
    {
        try
        {
            return BtfTypes.Kernel;
        }
        catch (Interop.KernelException)
        {
            return null; // none in this kernel: a script that needs none runs as well
        }
    }

    private void Note(CDefinition definition)
    {
        switch (definition)
        {
            case CStructDefinition { Name: var name } record:
                if (name is not null)
                    _tagged[(record.Tag, name)] = record;
                foreach (CField field in record.Fields)
                    Note(field.Type);
                break;
            case CEnumDefinition @enum:
                if (@enum.Name is not null)
                    _tagged[(TypeTag.Enum, @enum.Name)] = @enum;
                foreach ((string member, long value) in @enum.Members)
                    _constants[member] = (OfEnum(@enum), value);
                break;
            case CTypedef typedef:
                _typedefs[typedef.Name] = typedef;
                Note(typedef.Type);
                break;
        }
    }

    private void Note(TypeSyntax type)
    {
        switch (type)
        {
            case DefinedTypeSyntax defined: Note(defined.Definition); break;
            case PointerTypeSyntax pointer: Note(pointer.Element); break;
            case ArrayTypeSyntax array: Note(array.Element); break;
        }
    }

    // A field of characters is text.
    private ScriptType? Field(TypeSyntax type) => Find(type, isField: true);

    private ScriptType? Find(TypeSyntax syntax, bool isField)
    {
        switch (syntax)
        {
            case NamedTypeSyntax named:
                return FindNamed(named.Name, isField);
            case TaggedTypeSyntax tagged:
                return FindTagged(tagged.Tag, tagged.Name);
            case DefinedTypeSyntax { Definition: CStructDefinition record }:
                return _records.Of(record);
            case DefinedTypeSyntax { Definition: CEnumDefinition @enum }:
                return OfEnum(@enum);
            case PointerTypeSyntax pointer:
                return Find(pointer.Element, isField) is { } target ? new PointerType(target, MemorySpace.Kernel) : isField ? new PointerType(VoidType.Instance, MemorySpace.Kernel) : null;
            case ArrayTypeSyntax array:
                int length = (int)Math.Min(array.Length ?? 0, int.MaxValue);
                ScriptType? found = Find(array.Element, isField);
                CRecords.Fitting(array, (found?.Size ?? 0) * (long)length);
                return found switch
                {
                    null => null,
                    StringType { Capacity: 0 } => new StringType(length),
                    BufferType { Capacity: 0 } => new BufferType(length),
                    ResolvedType { Kind: ResolvedKind.InternetAddress } inet => inet,
                    var element when isField && length > 0 && IsCharacter(array.Element) => new StringType(length),
                    var element => new ArrayType(element, length),
                };
            default:
                return null;
        }
    }

    // Of a typedef, or of what it stands for.
    private int? AlignmentOf(string name)
    {
        for (int step = 0; step < MostSteps && _typedefs.TryGetValue(name, out CTypedef? typedef); step++)
        {
            if (typedef.Alignment is { } said)
                return said;
            if (typedef.Type is not NamedTypeSyntax next)
                return null;
            name = next.Name;
        }
        return null;
    }

    private ScriptType? FindNamed(string name, bool isField)
    {
        if (_typedefs.TryGetValue(name, out CTypedef? typedef))
        {
            if (_depth >= MostSteps)
                return null;
            _depth++;
            ScriptType? found = Find(typedef.Type, isField);
            _depth--;
            return found;
        }
        return CTypeNames.Find(name) ?? (Kernel?.Find(name) is { IsData: true } type ? _btf.Of(type) : null);
    }

    private ScriptType? FindTagged(TypeTag tag, string name)
    {
        switch (_tagged.GetValueOrDefault((tag, name)))
        {
            case CStructDefinition record:
                return _records.Of(record);
            case CEnumDefinition @enum:
                return OfEnum(@enum);
        }
        BtfKind kind = tag switch { TypeTag.Struct => BtfKind.Struct, TypeTag.Union => BtfKind.Union, _ => BtfKind.Enum };
        BtfType? found = Kernel?.Find(name, kind) ?? FindInModules(name, kind);
        return found is null ? null : _btf.Of(found);
    }

    private BtfType? FindInModules(string name, BtfKind kind) =>
        Kernel is null || !ReferenceEquals(Kernel, RunningKernel())
            ? null
            : BtfTypes.ModuleNames().Select(m => BtfTypes.OfModule(m).Find(name, kind)).FirstOrDefault(static t => t is not null);

    private EnumType OfEnum(CEnumDefinition definition)
    {
        if (_enums.TryGetValue(definition, out EnumType? known))
            return known;
        var names = new Dictionary<long, string>();
        foreach ((string name, long value) in definition.Members)
            names.TryAdd(value, name);
        bool isSigned = names.Keys.Any(static v => v < 0);
        bool isWide = names.Keys.Any(v => isSigned ? v != (int)v : v != (uint)v);
        return _enums[definition] = new EnumType(definition.Name ?? "", new IntegerType(isWide ? 8 : 4, isSigned), names);
    }

    // A type as a format file writes it.
    private ScriptType? FindByText(string name) =>
        name.StartsWith("struct ", StringComparison.Ordinal) ? FindTagged(TypeTag.Struct, name[7..].Trim())
        : name.StartsWith("union ", StringComparison.Ordinal) ? FindTagged(TypeTag.Union, name[6..].Trim())
        : name.StartsWith("enum ", StringComparison.Ordinal) ? FindTagged(TypeTag.Enum, name[5..].Trim())
        : FindNamed(name, isField: false);

    private bool IsCharacter(TypeSyntax type) => type is NamedTypeSyntax { Name: var name }
        && (name is "char" or "signed char" or "int8" or "int8_t" || (_typedefs.TryGetValue(name, out CTypedef? typedef) && IsCharacter(typedef.Type)));

    private void Complain(TypeSyntax syntax, ScriptMessages messages)
    {
        while (syntax is PointerTypeSyntax or ArrayTypeSyntax)
            syntax = syntax is PointerTypeSyntax pointer ? pointer.Element : ((ArrayTypeSyntax)syntax).Element;
        (string name, string shown) = syntax switch
        {
            TaggedTypeSyntax tagged => (tagged.Name, $"{OfTag(tagged.Tag)} {tagged.Name}"),
            NamedTypeSyntax named => (named.Name, named.Name),
            _ => ("", "this type"),
        };
        IEnumerable<string> known = syntax is TaggedTypeSyntax { Tag: var tag }
            ? _tagged.Keys.Where(k => k.Tag == tag).Select(static k => k.Name).Concat(KernelNames(tag))
            : CTypeNames.Names.Concat(_typedefs.Keys);
        messages.Error(syntax.Span, $"there is no type '{shown}'", messages.IsSilent ? null : Hints.Nearest(name, known) ?? (Kernel is null ? "this kernel has no type information (CONFIG_DEBUG_INFO_BTF)" : null));
    }

    private IEnumerable<string> KernelNames(TypeTag tag) =>
        (Kernel ?? Enumerable.Empty<BtfType>()).Where(t => t.Name.Length > 0 && tag switch
        {
            TypeTag.Struct => t.Kind == BtfKind.Struct,
            TypeTag.Union => t.Kind == BtfKind.Union,
            _ => t.Kind is BtfKind.Enum or BtfKind.Enum64,
        }).Select(static t => t.Name);

    private static string OfTag(TypeTag tag) => tag switch { TypeTag.Struct => "struct", TypeTag.Union => "union", _ => "enum" };
}
