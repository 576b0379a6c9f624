using System.Globalization;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>Writes types in C. The layout that a compiler makes of it is the type's: gaps and packed structs are written out where they must be.</summary>
internal sealed class BtfDeclaration
{
    private const int DeepestNesting = 64;

    /// <summary>Damaged types may contain each other in so many ways that their text has no end.</summary>
    private const int LongestText = 4 << 20, MostFillers = 4096;

    private static readonly (string Name, int Bits)[] Fillers = [("long", 64), ("int", 32), ("short", 16), ("char", 8)];

    private readonly StringBuilder _text = new();
    private readonly BtfAlignment _alignment = new();
    private readonly bool _isShort;
    private int _depth;

    private BtfDeclaration(bool isShort) => _isShort = isShort;

    /// <summary>A declaration of something of the type: <c>const char *name[4]</c>. Structs without a name are written as <c>struct {...}</c>.</summary>
    public static string Of(BtfType type, string name)
    {
        if (type.Kind is BtfKind.Function or BtfKind.Variable)
            type = type.Type!;
        if (type.Kind is BtfKind.DataSection or BtfKind.DeclarationTag)
            return type.Name;
        var writer = new BtfDeclaration(isShort: true);
        writer.Declare(type, name, 0);
        return writer._text.ToString();
    }

    /// <summary>The definition of the type, with a semicolon; for types that C has no definition of, how they are used.</summary>
    public static string Define(BtfType type)
    {
        var writer = new BtfDeclaration(isShort: false);
        switch (type.Kind)
        {
            case BtfKind.Struct or BtfKind.Union:
                writer.Struct(type, 0);
                break;
            case BtfKind.Enum or BtfKind.Enum64:
                writer.Enum(type, 0);
                break;
            case BtfKind.Forward:
                writer.Put($"{(type.IsUnionForward ? "union" : "struct")} {type.Name}");
                break;
            case BtfKind.Typedef:
                writer.Put("typedef ");
                // GCC once made it a typedef of void, which no C compiler takes.
                if (type is { Name: "__gnuc_va_list", Type.Kind: BtfKind.Void })
                    writer.Put("__builtin_va_list __gnuc_va_list");
                else
                    writer.Declare(type.Type!, type.Name, 0);
                break;
            case BtfKind.Function or BtfKind.Variable:
                if (type.Linkage is "static" or "extern")
                    writer.Put($"{type.Linkage} ");
                writer.Declare(type.Type!, type.Name, 0);
                break;
            case BtfKind.DataSection:
                foreach (BtfVariable variable in type.Variables)
                    writer.Put($"{Of(variable.Variable, variable.Name)}; /* {type.Name} + {variable.Offset} */\n");
                return writer._text.ToString().TrimEnd('\n');
            case BtfKind.DeclarationTag:
                return $"__attribute__(({(type.IsAttribute ? type.Name : $"btf_decl_tag(\"{type.Name}\")")}))";
            default:
                writer.Declare(type, "", 0);
                return writer._text.ToString();
        }
        writer.Put(";");
        return writer._text.ToString();
    }

    private void Put(string text)
    {
        if (_text.Length > LongestText)
            throw new BtfException("type", 0, $"its declaration has more than {LongestText} characters: the types contain each other");
        _text.Append(text);
    }

    private void NewLine(int level)
    {
        Put("\n");
        _text.Append('\t', level);
    }

    // From the type to what it is in the end: qualifiers stand right of a pointer and left of all else, and functions and arrays wrap what is used of them.
    private void Declare(BtfType type, string name, int level)
    {
        if (++_depth > DeepestNesting)
            throw type.Damage("it is nested too deeply, or contains itself");
        var chain = new Stack<BtfType>();
        while (true)
        {
            chain.Push(type);
            if (chain.Count > 256)
                throw type.Damage("it is made of itself");
            if (type.Kind is not (BtfKind.Pointer or BtfKind.Array or BtfKind.FunctionPrototype) && !type.IsQualifier)
                break;
            type = type.Type!;
        }
        Chain(chain, name, level);
        _depth--;
    }

    private void Chain(Stack<BtfType> chain, string name, int level)
    {
        bool afterPointer = true; // a pointer to a function begins with its star
        while (chain.TryPop(out BtfType? type))
        {
            switch (type.Kind)
            {
                case BtfKind.Pointer:
                    Put(afterPointer ? "*" : " *");
                    break;
                case BtfKind.Const:
                    Put(" const");
                    break;
                case BtfKind.Volatile:
                    Put(" volatile");
                    break;
                case BtfKind.Restrict:
                    Put(" restrict");
                    break;
                case BtfKind.TypeTag:
                    Qualifiers(chain);
                    Put(type.IsAttribute ? $" __attribute__(({type.Name}))" : $" __attribute__((btf_type_tag(\"{type.Name}\")))");
                    break;
                case BtfKind.Array:
                    Array(type, chain, name, level, afterPointer);
                    return;
                case BtfKind.FunctionPrototype:
                    Function(type, chain, name, level, afterPointer);
                    return;
                default:
                    Qualifiers(chain);
                    Terminal(type, level);
                    break;
            }
            afterPointer = type.Kind == BtfKind.Pointer;
        }
        PutName(name, afterPointer);
    }

    private void Terminal(BtfType type, int level)
    {
        switch (type.Kind)
        {
            case BtfKind.Struct or BtfKind.Union when type.Name.Length > 0:
                Put($"{Keyword(type)} {type.Name}");
                break;
            case BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 when type.Name.Length == 0 && _isShort:
                Put($"{Keyword(type)} {{...}}");
                break;
            case BtfKind.Struct or BtfKind.Union:
                Struct(type, level);
                break;
            case BtfKind.Enum or BtfKind.Enum64 when type.Name.Length > 0:
                Put($"enum {type.Name}");
                break;
            case BtfKind.Enum or BtfKind.Enum64:
                Enum(type, level);
                break;
            case BtfKind.Forward:
                Put($"{(type.IsUnionForward ? "union" : "struct")} {type.Name}");
                break;
            default:
                Put(type.Name);
                break;
        }
    }

    private void Array(BtfType type, Stack<BtfType> chain, string name, int level, bool afterPointer)
    {
        // GCC writes an element's const to the array as well (its bug 8354).
        DropQualifiers(chain);
        if (chain.Count == 0)
        {
            PutName(name, afterPointer);
        }
        else
        {
            bool isPlain = chain.Peek().Kind == BtfKind.Array;
            if (name.Length > 0 && !afterPointer)
                Put(" ");
            Put(isPlain ? "" : "(");
            Chain(chain, name, level);
            Put(isPlain ? "" : ")");
        }
        Put(string.Create(CultureInfo.InvariantCulture, $"[{type.Length}]"));
    }

    private void Function(BtfType type, Stack<BtfType> chain, string name, int level, bool afterPointer)
    {
        // GCC marks a function that does not return as volatile.
        DropQualifiers(chain);
        if (chain.Count > 0)
        {
            Put(" (");
            Chain(chain, name, level);
            Put(")");
        }
        else
        {
            PutName(name, afterPointer);
        }
        Put("(");
        IReadOnlyList<BtfParameter> parameters = type.Parameters;
        for (int i = 0; i < parameters.Count; i++)
        {
            Put(i > 0 ? ", " : "");
            if (parameters[i].IsVariadic)
                Put("...");
            else
                Declare(parameters[i].Type, parameters[i].Name, level);
        }
        Put(parameters.Count == 0 ? "void)" : ")");
    }

    private void Struct(BtfType type, int level)
    {
        if (++_depth > DeepestNesting)
            throw type.Damage("it is nested too deeply, or contains itself");
        bool isStruct = type.Kind == BtfKind.Struct;
        bool isPacked = isStruct && _alignment.IsPacked(type);
        Put($"{Keyword(type)}{(type.Name.Length > 0 ? " " : "")}{type.Name} {{");
        long at = 0, size = type.Size!.Value * 8;
        bool wasBitField = false;
        foreach (BtfMember member in type.Members)
        {
            Fill(at, member.BitOffset, isPacked ? 1 : _alignment.Of(member.Type), wasBitField && member.IsBitField, level + 1);
            NewLine(level + 1);
            Declare(member.Type, member.Name, level + 1);
            if (member.IsBitField)
                Put(string.Create(CultureInfo.InvariantCulture, $": {member.BitFieldSize}"));
            Put(";");
            wasBitField = member.IsBitField;
            at = member.BitOffset + (wasBitField ? member.BitFieldSize : 8 * (member.Size ?? 0));
        }
        if (isStruct)
            Fill(at, size, _alignment.Of(type), false, level + 1);
        if (type.Members.Count > 0 || size > 0)
            NewLine(level);
        Put(isPacked ? "} __attribute__((packed))" : "}");
        _depth--;
    }

    // A gap is filled with bit fields without a name. A compiler makes part of it by itself, when it aligns what follows: only what it would not make is written.
    private void Fill(long at, long next, long alignment, bool inBitField, int level)
    {
        if (at >= next)
            return;
        (string filler, int bits) = Fillers[^1];
        foreach ((string name, int size) in Fillers)
        {
            if (RoundUp(at, size) <= next)
            {
                (filler, bits) = (name, size);
                break;
            }
        }
        long start = RoundUp(at, bits);
        if (start > at && start <= next)
        {
            bool isEnough = start == next && RoundUp(at, alignment * 8) == start;
            if (inBitField || (start == next && !isEnough) || (start != next && next - start <= start - at))
                Filler(filler, inBitField ? start - at : 0, level);
            at = start;
        }
        if ((next - at) / bits > MostFillers)
            throw new BtfException("type", 0, $"its declaration has a gap of {(next - at) / 8} bytes");
        for (; next - at >= bits; at += bits)
            Filler(filler, bits, level);
        if (at < next)
            Filler(Fillers.Last(f => f.Bits >= next - at).Name, next - at, level);
    }

    private void Filler(string type, long bits, int level)
    {
        NewLine(level);
        Put(string.Create(CultureInfo.InvariantCulture, $"{type}: {bits};"));
    }

    private void Enum(BtfType type, int level)
    {
        Put(type.Name.Length > 0 ? $"enum {type.Name}" : "enum");
        if (type.Enumerators.Count == 0)
            return;
        Put(" {");
        string suffix = type.Kind == BtfKind.Enum ? "" : type.IsSigned ? "LL" : "ULL";
        foreach (BtfEnumerator one in type.Enumerators)
        {
            NewLine(level + 1);
            Put(string.Create(CultureInfo.InvariantCulture, $"{one.Name} = {one.Value}{suffix},"));
        }
        NewLine(level);
        Put("}");
        // What makes a compiler give it this size.
        if (type.Size == 1)
            Put(" __attribute__((mode(byte)))");
        else if (type.Size == 8 && (type.Kind == BtfKind.Enum || type.Enumerators.All(static e => e.Bits >> 32 == 0)))
            Put(" __attribute__((mode(word)))");
    }

    private void Qualifiers(Stack<BtfType> chain)
    {
        while (chain.TryPeek(out BtfType? type) && type.Kind is BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict)
        {
            Put(type.Kind switch { BtfKind.Const => "const ", BtfKind.Volatile => "volatile ", _ => "restrict " });
            chain.Pop();
        }
    }

    private static void DropQualifiers(Stack<BtfType> chain)
    {
        while (chain.TryPeek(out BtfType? type) && type.IsQualifier)
            chain.Pop();
    }

    private void PutName(string name, bool afterPointer) => Put(name.Length > 0 && !afterPointer ? $" {name}" : name);

    private static string Keyword(BtfType type) => type.Kind switch
    {
        BtfKind.Struct => "struct",
        BtfKind.Union => "union",
        _ => "enum",
    };

    private static long RoundUp(long value, long multiple) => multiple <= 0 ? value : (value + multiple - 1) / multiple * multiple;
}
