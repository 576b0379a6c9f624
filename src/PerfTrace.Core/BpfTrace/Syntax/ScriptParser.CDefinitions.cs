using System.Globalization;

namespace PerfTrace.BpfTrace;

// Structs, unions, enumerations and typedefs in C's own syntax.
internal sealed partial class ScriptParser
{
    private static readonly HashSet<string> Qualifiers = new(StringComparer.Ordinal)
    {
        "const", "volatile", "restrict", "__restrict", "__user", "__kernel", "__iomem", "__percpu", "__rcu", "__force", "__extension__", "static", "extern", "inline",
    };

    // In the order in which the canonical name has them.
    private static readonly string[] BaseWords = ["signed", "unsigned", "void", "_Bool", "bool", "char", "short", "long", "int", "float", "double", "__int128"];

    // What "aligned" is without a number: __BIGGEST_ALIGNMENT__ of x86-64 and ARM64.
    private const int LargestAlignment = 16;

    // The constants of the enumerations so far.
    private readonly Dictionary<string, long> members = new(StringComparer.Ordinal);

    private bool IsCDefinition() => IsWord("typedef") || TagOf(current) is not null;

    private void ParseCDefinition()
    {
        RequireSection(0, "C definitions", "config, imports and probes");
        int start = current.Start;
        if (TakeWord("typedef"))
        {
            TypeSyntax type = ParseCType();
            CAttributes shared = ParseAttributes(default);
            do
            {
                (string? name, TypeSyntax declared, CAttributes attributes) = ParseDeclarator(type, shared);
                definitions.Add(new CTypedef(SpanFrom(start), name ?? throw Unexpected("the name of the type"), Made(declared), attributes.Alignment));
            }
            while (Take(TokenKind.Comma));
            Expect(TokenKind.Semicolon, "';'");
            return;
        }
        // "struct x;" only says that there is one.
        if (ParseTagged() is DefinedTypeSyntax defined)
            definitions.Add(Made(defined.Definition));
        if (!Take(TokenKind.Semicolon) && source.Text[lastEnd - 1] is not ('}' or ')'))
            throw Unexpected("'{' or ';'");
    }

    // "struct x", or its definition.
    private TypeSyntax ParseTagged()
    {
        Enter();
        Token word = Advance();
        TypeTag tag = TagOf(word)!.Value;
        CAttributes attributes = ParseAttributes(default);
        string? name = current.Kind == TokenKind.Identifier ? Text(Advance()) : null;
        attributes = ParseAttributes(attributes);
        TypeSyntax type;
        if (current.Kind == TokenKind.OpenBrace)
        {
            if (tag == TypeTag.Enum)
            {
                type = new DefinedTypeSyntax(SpanFrom(word.Start), ParseEnum(word.Start, name));
            }
            else
            {
                List<CField> fields = ParseFields();
                attributes = ParseAttributes(attributes);
                SourceSpan span = SpanFrom(word.Start);
                type = new DefinedTypeSyntax(span, new CStructDefinition(span, tag, name, fields, attributes.IsPacked, attributes.Alignment));
            }
        }
        else
        {
            type = new TaggedTypeSyntax(SpanFrom(word.Start), tag, name ?? throw Unexpected($"the name of the {Text(word)}"));
        }
        Leave();
        return Made(type);
    }

    private List<CField> ParseFields()
    {
        Expect(TokenKind.OpenBrace, "'{'");
        var fields = new List<CField>();
        while (!Take(TokenKind.CloseBrace))
        {
            int start = current.Start;
            TypeSyntax type = ParseCType();
            if (Take(TokenKind.Semicolon))
            {
                fields.Add(new CField(SpanFrom(start), type, null, null)); // the members of a nested struct are its own
                continue;
            }
            CAttributes shared = ParseAttributes(default);
            do
            {
                (string? name, TypeSyntax declared, CAttributes attributes) = ParseDeclarator(type, shared);
                int? bits = Take(TokenKind.Colon) ? (int)Constant("the width of the bit field", 64) : null;
                attributes = ParseAttributes(attributes);
                if (name is null && bits is null)
                    throw Unexpected("the name of a field");
                fields.Add(new CField(SpanFrom(start), Made(declared), name, bits, attributes));
            }
            while (Take(TokenKind.Comma));
            // Behind the last field bpftrace's compiler only warns.
            if (!Take(TokenKind.Semicolon) && current.Kind != TokenKind.CloseBrace)
                throw Unexpected("';' or '}'");
        }
        return fields;
    }

    private CEnumDefinition ParseEnum(int start, string? name)
    {
        Expect(TokenKind.OpenBrace, "'{'");
        var values = new List<(string, long)>();
        long next = 0;
        while (!Take(TokenKind.CloseBrace))
        {
            string member = Text(Expect(TokenKind.Identifier, "a name or '}'"));
            if (Take(TokenKind.Assign))
            {
                Expression value = ParseExpression();
                next = Evaluate(value) ?? throw Error(value.Span, "the value is not known here");
            }
            members[member] = next;
            values.Add((member, next));
            next = unchecked(next + 1);
            if (!Take(TokenKind.Comma) && current.Kind != TokenKind.CloseBrace)
                throw Unexpected("',' or '}'");
        }
        return new CEnumDefinition(SpanFrom(start), name, values);
    }

    // What stands before the names: "const unsigned long", "struct x", "u32".
    private TypeSyntax ParseCType()
    {
        int start = current.Start;
        int end = start;
        TypeSyntax? type = null;
        var words = new List<string>();
        while (current.Kind == TokenKind.Identifier)
        {
            string word = Text(current);
            if (Qualifiers.Contains(word))
                Advance();
            else if (type is null && words.Count == 0 && TagOf(current) is not null)
                type = ParseTagged();
            else if (type is null && BaseWords.Contains(word))
                words.Add(Text(Advance()));
            else if (type is null && words.Count == 0)
                type = new NamedTypeSyntax(CurrentSpan, Text(Advance()));
            else
                break;
            end = lastEnd;
        }
        if (type is not null)
            return type;
        return words.Count > 0 ? new NamedTypeSyntax(source.Span(start, end), BaseName(words)) : throw Unexpected("a type");
    }

    // "long unsigned int" is "unsigned long".
    private static string BaseName(List<string> words)
    {
        IEnumerable<string> ordered = words.Select(static w => w == "_Bool" ? "bool" : w).OrderBy(static w => Array.IndexOf(BaseWords, w));
        bool isInteger = words.Exists(static w => w is "short" or "long") && !words.Contains("double");
        if (isInteger)
            ordered = ordered.Where(static w => w != "int");
        if (!words.Contains("char"))
            ordered = ordered.Where(static w => w != "signed");
        string name = string.Join(' ', ordered);
        return name switch { "" => "int", "unsigned" => "unsigned int", _ => name };
    }

    // "*name", "name[4]", "(*name)(int)": the type goes around the name.
    private (string? Name, TypeSyntax Type, CAttributes Attributes) ParseDeclarator(TypeSyntax type, CAttributes attributes)
    {
        int start = current.Start;
        type = ParsePointers(type);
        string? name = null;
        if (Take(TokenKind.OpenParenthesis))
        {
            Expect(TokenKind.Star, "'*'");
            name = current.Kind == TokenKind.Identifier ? Text(Advance()) : null;
            List<ulong?> own = ParseLengths();
            Expect(TokenKind.CloseParenthesis, "')'");
            bool isFunction = current.Kind == TokenKind.OpenParenthesis;
            if (isFunction)
            {
                SkipParentheses();
                type = new NamedTypeSyntax(SpanFrom(start), "void");
            }
            else
            {
                type = Arrays(type, ParseLengths(), start);
            }
            return (name, Arrays(new PointerTypeSyntax(SpanFrom(start), type), own, start), ParseAttributes(attributes));
        }
        if (current.Kind == TokenKind.Identifier && !IsWord("__attribute__"))
            name = Text(Advance());
        type = Arrays(type, ParseLengths(), start);
        return (name, type, ParseAttributes(attributes));
    }

    private TypeSyntax ParsePointers(TypeSyntax type)
    {
        while (current.Kind == TokenKind.Star || current.Kind == TokenKind.Identifier && Qualifiers.Contains(Text(current)))
        {
            if (Advance() is { Kind: TokenKind.Star } star)
                type = Made(new PointerTypeSyntax(Span(star), type));
        }
        return type;
    }

    private List<ulong?> ParseLengths()
    {
        var lengths = new List<ulong?>();
        while (Take(TokenKind.OpenBracket))
        {
            lengths.Add(current.Kind == TokenKind.CloseBracket ? null : Constant("the length of the array", int.MaxValue));
            Expect(TokenKind.CloseBracket, "']'");
        }
        return lengths;
    }

    private TypeSyntax Arrays(TypeSyntax type, List<ulong?> lengths, int start)
    {
        for (int i = lengths.Count - 1; i >= 0; i--)
            type = Made(new ArrayTypeSyntax(SpanFrom(start), type, lengths[i]));
        return type;
    }

    private ulong Constant(string what, int most)
    {
        Expression expression = ParseExpression();
        return Evaluate(expression) is { } value && value >= 0 && value <= most
            ? (ulong)value
            : throw Error(expression.Span, $"{what} must be a constant from 0 to {most.ToString(CultureInfo.InvariantCulture)}");
    }

    // "__attribute__((packed, aligned(8)))", any number of them; those that change no layout are passed over.
    private CAttributes ParseAttributes(CAttributes before)
    {
        while (TakeWord("__attribute__"))
        {
            Expect(TokenKind.OpenParenthesis, "'(('");
            Expect(TokenKind.OpenParenthesis, "'(('");
            while (!Take(TokenKind.CloseParenthesis))
            {
                string name = Text(Expect(TokenKind.Identifier, "an attribute")).Trim('_');
                if (name == "packed")
                    before = before with { IsPacked = true };
                if (name == "aligned")
                {
                    bool isSaid = Take(TokenKind.OpenParenthesis);
                    before = before with { Alignment = isSaid ? ParseAlignment() : LargestAlignment };
                    if (isSaid)
                        Expect(TokenKind.CloseParenthesis, "')'");
                }
                else if (current.Kind == TokenKind.OpenParenthesis)
                {
                    SkipParentheses();
                }
                if (!Take(TokenKind.Comma) && current.Kind != TokenKind.CloseParenthesis)
                    throw Unexpected("',' or '))'");
            }
            Expect(TokenKind.CloseParenthesis, "'))'");
        }
        return before;
    }

    private int ParseAlignment()
    {
        int start = current.Start;
        int alignment = (int)Constant("the alignment", 1 << 20);
        return int.IsPow2(alignment) ? alignment : throw Error(SpanFrom(start), $"an alignment of {alignment}", "it is a power of two");
    }

    private void SkipParentheses()
    {
        int open = 0;
        do
        {
            open += current.Kind switch { TokenKind.OpenParenthesis => 1, TokenKind.CloseParenthesis => -1, _ => 0 };
            if (current.Kind == TokenKind.End)
                throw Unexpected("')'");
            Advance();
        }
        while (open > 0);
    }
}
