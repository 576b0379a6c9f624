using System.Globalization;
using System.Text;

namespace PerfTrace.Symbols;

/// <summary>Parses a v0 name (RFC 2603) and writes it as Rust is written. How deep it goes and how much it writes is bounded: names point back into themselves.</summary>
internal sealed class RustNameParser(string name)
{
    private const int DeepestNesting = 500, LongestText = 1 << 16;

    private readonly RustNameReader _reader = new(name);
    private readonly StringBuilder _text = new();
    private int _depth;
    private ulong _lifetimes;
    private bool _isSilent;

    public string Text => _text.ToString();

    /// <summary>False: it is no such name.</summary>
    public bool TryParse()
    {
        try
        {
            Path(isValue: true);
            // The crate that a generic function was made in.
            if (!_reader.IsAtEnd)
            {
                _isSilent = true;
                Path(isValue: false);
            }
            return _reader.IsAtEnd;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private void Write(string text)
    {
        if (_isSilent)
            return;
        if (_text.Length + text.Length > LongestText)
            throw new FormatException();
        _text.Append(text);
    }

    private void Write(ulong number) => Write(number.ToString(CultureInfo.InvariantCulture));

    private void Enter()
    {
        if (++_depth > DeepestNesting)
            throw new FormatException();
    }

    private void Path(bool isValue)
    {
        Enter();
        char tag = _reader.Next();
        switch (tag)
        {
            case 'C':
                _reader.OptionalNumber62('s');
                Write(_reader.Identifier());
                break;
            case 'N':
                Nested(isValue);
                break;
            case 'M' or 'X':
                // Where the impl is written; the type tells enough.
                _reader.OptionalNumber62('s');
                bool wasSilent = _isSilent;
                _isSilent = true;
                Path(isValue);
                _isSilent = wasSilent;
                Qualified(hasTrait: tag == 'X');
                break;
            case 'Y':
                Qualified(hasTrait: true);
                break;
            case 'I':
                Path(isValue);
                Write(isValue ? "::<" : "<");
                Arguments();
                Write(">");
                break;
            case 'B':
                Back(() => Path(isValue));
                break;
            default:
                throw new FormatException();
        }
        _depth--;
    }

    private void Nested(bool isValue)
    {
        char space = _reader.Next();
        if (!char.IsAsciiLetter(space))
            throw new FormatException();
        Path(isValue);
        ulong number = _reader.OptionalNumber62('s');
        string identifier = _reader.Identifier();
        if (char.IsAsciiLetterLower(space))
        {
            if (identifier.Length > 0)
                Write("::" + identifier);
            return;
        }
        Write("::{" + space switch { 'C' => "closure", 'S' => "shim", _ => space.ToString() });
        if (identifier.Length > 0)
            Write(":" + identifier);
        Write("#");
        Write(number);
        Write("}");
    }

    private void Qualified(bool hasTrait)
    {
        Write("<");
        Type();
        if (hasTrait)
        {
            Write(" as ");
            Path(isValue: false);
        }
        Write(">");
    }

    private void Arguments()
    {
        for (bool isFirst = true; !_reader.Eat('E'); isFirst = false)
        {
            if (!isFirst)
                Write(", ");
            if (_reader.Eat('L'))
                Lifetime(_reader.Number62());
            else if (_reader.Eat('K'))
                Constant();
            else
                Type();
        }
    }

    // What it points to was read before; to read it again without writing would only take time.
    private void Back(Action parse)
    {
        int tag = _reader.Position - 1;
        ulong target = _reader.Number62();
        if (target >= (ulong)tag)
            throw new FormatException();
        if (_isSilent)
            return;
        int after = _reader.Position;
        _reader.Position = (int)target;
        // A chain of these can double with each; what writes nothing is bounded by the text's length, too.
        Enter();
        parse();
        _depth--;
        _reader.Position = after;
    }

    private void Type()
    {
        char tag = _reader.Next();
        if (BasicType(tag) is { } basic)
        {
            Write(basic);
            return;
        }
        Enter();
        switch (tag)
        {
            case 'R' or 'Q':
                Write("&");
                if (_reader.Eat('L') && _reader.Number62() is > 0 and var lifetime)
                {
                    Lifetime(lifetime);
                    Write(" ");
                }
                Write(tag == 'Q' ? "mut " : "");
                Type();
                break;
            case 'P' or 'O':
                Write(tag == 'P' ? "*const " : "*mut ");
                Type();
                break;
            case 'A' or 'S':
                Write("[");
                Type();
                if (tag == 'A')
                {
                    Write("; ");
                    Constant();
                }
                Write("]");
                break;
            case 'T':
                Write("(");
                Write(List() == 1 ? ",)" : ")");
                break;
            case 'F':
                Bound(Function);
                break;
            case 'D':
                Write("dyn ");
                Bound(Traits);
                if (!_reader.Eat('L'))
                    throw new FormatException();
                if (_reader.Number62() is > 0 and var bound)
                {
                    Write(" + ");
                    Lifetime(bound);
                }
                break;
            case 'B':
                Back(Type);
                break;
            default:
                _reader.Position--;
                Path(isValue: false);
                break;
        }
        _depth--;
    }

    private int List()
    {
        int count = 0;
        for (; !_reader.Eat('E'); count++)
        {
            if (count > 0)
                Write(", ");
            Type();
        }
        return count;
    }

    private void Function()
    {
        if (_reader.Eat('U'))
            Write("unsafe ");
        if (_reader.Eat('K'))
            Write($"extern \"{(_reader.Eat('C') ? "C" : _reader.Identifier().Replace('_', '-'))}\" ");
        Write("fn(");
        List();
        Write(")");
        if (_reader.Eat('u'))
            return;
        Write(" -> ");
        Type();
    }

    private void Traits()
    {
        for (bool isFirst = true; !_reader.Eat('E'); isFirst = false)
        {
            if (!isFirst)
                Write(" + ");
            bool isOpen = OpenPath();
            while (_reader.Eat('p'))
            {
                Write(isOpen ? ", " : "<");
                isOpen = true;
                Write(_reader.Identifier() + " = ");
                Type();
            }
            if (isOpen)
                Write(">");
        }
    }

    // A trait whose arguments are not closed yet, for those that have names to follow.
    private bool OpenPath()
    {
        if (_reader.Eat('B'))
        {
            bool isOpen = false;
            Back(() => isOpen = OpenPath());
            return isOpen;
        }
        if (!_reader.Eat('I'))
        {
            Path(isValue: false);
            return false;
        }
        Path(isValue: false);
        Write("<");
        Arguments();
        return true;
    }

    // for<'a, 'b>
    private void Bound(Action inner)
    {
        ulong before = _lifetimes, count = _reader.OptionalNumber62('G');
        if (count > 0 && !_isSilent)
        {
            Write("for<");
            for (ulong i = 0; i < count; i++)
            {
                Write(i > 0 ? ", " : "");
                _lifetimes++;
                Lifetime(1);
            }
            Write("> ");
        }
        inner();
        _lifetimes = before;
    }

    private void Lifetime(ulong index)
    {
        // Without writing, those that are bound are not counted.
        if (_isSilent)
            return;
        Write("'");
        if (index == 0)
        {
            Write("_");
            return;
        }
        ulong depth = checked(_lifetimes - index);
        if (depth < 26)
        {
            Write(((char)('a' + depth)).ToString());
            return;
        }
        Write("_");
        Write(depth);
    }

    private void Constant()
    {
        Enter();
        char tag = _reader.Next();
        switch (tag)
        {
            case 'B':
                Back(Constant);
                break;
            case 'p':
                Write("_");
                break;
            case 'h' or 't' or 'm' or 'y' or 'o' or 'j':
                Number();
                break;
            case 'a' or 's' or 'l' or 'x' or 'n' or 'i':
                Write(_reader.Eat('n') ? "-" : "");
                Number();
                break;
            case 'b':
                Write(_reader.Hex() switch { "" => "false", "1" => "true", _ => throw new FormatException() });
                break;
            case 'c':
                Character();
                break;
            default:
                throw new FormatException();
        }
        _depth--;
    }

    private void Number()
    {
        ReadOnlySpan<char> digits = _reader.Hex();
        if (digits.Length > 16)
            Write($"0x{digits}");
        else
            Write(digits.IsEmpty ? 0 : ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private void Character()
    {
        ReadOnlySpan<char> digits = _reader.Hex();
        if (digits.Length > 8)
            throw new FormatException();
        uint code = digits.IsEmpty ? 0 : uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Write("'" + code switch
        {
            '\t' => "\\t",
            '\r' => "\\r",
            '\n' => "\\n",
            '\'' => "\\'",
            '\\' => "\\\\",
            >= ' ' and <= '~' => ((char)code).ToString(),
            _ => $"\\u{{{code:x}}}",
        } + "'");
    }

    private static string? BasicType(char tag) => tag switch
    {
        'a' => "i8",
        'b' => "bool",
        'c' => "char",
        'd' => "f64",
        'e' => "str",
        'f' => "f32",
        'h' => "u8",
        'i' => "isize",
        'j' => "usize",
        'l' => "i32",
        'm' => "u32",
        'n' => "i128",
        'o' => "u128",
        'p' => "_",
        's' => "i16",
        't' => "u16",
        'u' => "()",
        'v' => "...",
        'x' => "i64",
        'y' => "u64",
        'z' => "!",
        _ => null,
    };
}
