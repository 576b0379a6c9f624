using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A format of printf and its like: C's, with <c>%r</c>, <c>%rx</c>, <c>%rh</c> for buffers and <c>%gr</c> for the kernel's allocation flags. <c>%s</c> writes any value. As in bpftrace
/// a number without a length (<c>%d</c>) is an int of 32 bits, and what is no place for a value stands for itself.
/// </summary>
internal sealed class PrintfFormat
{
    // Wider ones would let one line of a script take all memory.
    private const int MostWidth = 64 << 10;

    private static readonly string[] Conversions = ["gr", "g", "rh", "rx", "r"];

    private readonly PrintfSpecifier[] _places;
    private readonly string _rest;

    private PrintfFormat(PrintfSpecifier[] places, string rest)
    {
        _places = places;
        _rest = rest;
    }

    /// <summary>Where values are written, in order.</summary>
    public IReadOnlyList<PrintfSpecifier> Places => _places;

    /// <summary>What stands behind the last of them.</summary>
    public string Rest => _rest;

    /// <summary>How many values it takes.</summary>
    public int Count => _places.Length;

    /// <summary>Names for the values where the text before them makes it plain (<c>pid=%d</c>, <c>name: %s</c>); null for the others.</summary>
    public string?[] PropertyNames => Array.ConvertAll(_places, static p => NameBefore(p.Before));

    public static PrintfFormat Parse(string text)
    {
        var places = new List<PrintfSpecifier>();
        var before = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            if (text[at] != '%' || TryParse(text, at) is not { } found)
            {
                before.Append(text[at++]);
                continue;
            }
            at = found.End;
            if (found.Place.Conversion == "%")
            {
                before.Append('%');
                continue;
            }
            places.Add(found.Place with { Before = before.ToString() });
            before.Clear();
        }
        return new PrintfFormat([.. places], before.ToString());
    }

    /// <summary>What is wrong with these values for this format; null: nothing.</summary>
    public string? Check(IReadOnlyList<ScriptType> types)
    {
        if (types.Count != _places.Length)
            return $"the format has places for {_places.Length} values, and there are {types.Count}";
        for (int i = 0; i < types.Count; i++)
        {
            string conversion = _places[i].Conversion;
            if (types[i] is VoidType)
                return $"value {i + 1} has no value that %{conversion} could write";
            switch (conversion)
            {
                case "s":
                    break;
                case "d" or "i" or "u" or "o" or "x" or "X" or "c" or "p" or "gr":
                    if (types[i] is not (IntegerType or BooleanType or EnumType or PointerType))
                        return $"%{conversion} writes a number, and value {i + 1} is of type '{types[i].Name}'";
                    break;
                case "r" or "rh" or "rx":
                    if (types[i] is not BufferType)
                        return $"%{conversion} writes what buf() gives, and value {i + 1} is of type '{types[i].Name}'";
                    break;
                default:
                    return $"%{conversion} is not supported";
            }
        }
        return null;
    }

    /// <summary>With values that are known, in the order of their places.</summary>
    public string WithTexts(IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        for (int i = 0; i < _places.Length; i++)
            text.Append(_places[i].Before).Append(i < values.Count ? values[i] : "");
        return text.Append(_rest).ToString();
    }

    /// <summary>Writes the values of an event.</summary>
    public void Append(StringBuilder text, EventLayout layout, ReadOnlySpan<byte> bytes, ValueText values)
    {
        for (int i = 0; i < _places.Length && i < layout.Types.Count; i++)
        {
            text.Append(_places[i].Before);
            Append(text, _places[i], layout.Types[i], bytes[layout.Offsets[i]..], values);
        }
        text.Append(_rest);
    }

    private static void Append(StringBuilder text, in PrintfSpecifier place, ScriptType type, ReadOnlySpan<byte> bytes, ValueText values)
    {
        if (place.Conversion is "rh" or "rx" && type is BufferType buffer)
        {
            var content = new StringBuilder();
            ValueText.AppendBuffer(content, ValueReader.Buffer(buffer, bytes), place.Conversion == "rx" ? BufferForm.Escaped : BufferForm.Plain);
            AppendPadded(text, place, content.ToString());
        }
        else if (place.Conversion is "s" or "r" or "rh" or "rx" || ScriptNumber.TryRead(type, bytes) is not { } number)
        {
            string whole = values.Of(type, bytes);
            AppendPadded(text, place, place.Precision >= 0 && place.Conversion == "s" ? Cut(whole, place.Precision) : whole);
        }
        else if (place.Conversion == "gr")
            AppendPadded(text, place, values.AllocationFlags((ulong)number));
        else if (place.Conversion == "c")
            AppendPadded(text, place, (byte)number < 0x80 ? ((char)(byte)number).ToString() : "\uFFFD");
        else if (place.Conversion == "p")
            AppendPadded(text, place, ScriptNames.Bare((ulong)number));
        else
            AppendNumber(text, place, number);
    }

    private static void AppendNumber(StringBuilder text, in PrintfSpecifier place, long number)
    {
        bool isSigned = place.Conversion is "d" or "i";
        number = place.Cut(number, isSigned);
        bool isNegative = isSigned && number < 0;
        ulong size = isNegative ? unchecked((ulong)-number) : (ulong)number;
        string digits = place.Conversion switch
        {
            "x" => size.ToString("x", CultureInfo.InvariantCulture),
            "X" => size.ToString("X", CultureInfo.InvariantCulture),
            "o" => Convert.ToString((long)size, 8),
            _ => size.ToString(CultureInfo.InvariantCulture),
        };
        if (place.Precision >= 0)
            digits = place.Precision == 0 && size == 0 ? "" : digits.PadLeft(Math.Min(place.Precision, MostWidth), '0');
        string head = isNegative ? "-" : isSigned && place.HasSign ? "+" : isSigned && place.HasSpace ? " "
            : place.HasPrefix && size != 0 ? place.Conversion switch { "x" => "0x", "X" => "0X", "o" => "0", _ => "" } : "";
        if (place.HasZeros && !place.IsLeft && place.Precision < 0)
            digits = digits.PadLeft(Math.Max(0, place.Width - head.Length), '0');
        AppendPadded(text, place, head + digits);
    }

    // C counts bytes.
    private static void AppendPadded(StringBuilder text, in PrintfSpecifier place, string value)
    {
        int missing = place.Width == 0 ? 0 : Math.Max(0, place.Width - Encoding.UTF8.GetByteCount(value));
        text.Append(' ', place.IsLeft ? 0 : missing).Append(value).Append(' ', place.IsLeft ? missing : 0);
    }

    private static string Cut(string value, int most)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        return bytes.Length <= most ? value : Encoding.UTF8.GetString(bytes, 0, most);
    }

    // %[-][+][ ][#][0][width][.precision][length]conversion. A width or precision of * is read and means nothing, as in bpftrace.
    private static (PrintfSpecifier Place, int End)? TryParse(string text, int at)
    {
        at++;
        bool isLeft = Skip('-'), hasSign = Skip('+'), hasSpace = Skip(' '), hasPrefix = Skip('#'), hasZeros = Skip('0');
        int width = Number() ?? 0, precision = -1;
        if (at < text.Length && text[at] == '.')
        {
            int dot = at++;
            if (at < text.Length && (text[at] == '*' || char.IsAsciiDigit(text[at])))
                precision = Number() ?? -1;
            else
                at = dot;
        }
        int length = at;
        while (at < text.Length && text[at] is 'h' or 'l' or 'L' or 'j' or 'z' or 't')
            at++;
        if (at == text.Length)
            return null;
        string modifier = text[length..at];
        string? conversion = Array.Find(Conversions, c => text.AsSpan(at).StartsWith(c));
        if (conversion is null && "diouxXeEfFGaAcspn%".Contains(text[at], StringComparison.Ordinal))
            conversion = text[at].ToString();
        return conversion is null ? null : (new PrintfSpecifier
        {
            Before = "",
            Conversion = conversion,
            Length = modifier,
            IsLeft = isLeft,
            HasSign = hasSign,
            HasSpace = hasSpace,
            HasPrefix = hasPrefix,
            HasZeros = hasZeros,
            Width = width,
            Precision = precision,
        }, at + conversion.Length);

        bool Skip(char sign)
        {
            bool isThere = at < text.Length && text[at] == sign;
            at += isThere ? 1 : 0;
            return isThere;
        }

        int? Number()
        {
            if (at < text.Length && text[at] == '*')
            {
                at++;
                return null;
            }
            int? number = null;
            for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
                number = Math.Min(((number ?? 0) * 10) + text[at] - '0', MostWidth);
            return number;
        }
    }

    // "pid=%d", "comm: %-16s": a word that stands for itself, then the sign. "Tracing... %d" and "error code: %d" name nothing.
    private static string? NameBefore(string before)
    {
        ReadOnlySpan<char> text = before.AsSpan().TrimEnd(' ');
        if (text.Length == 0 || text[^1] is not ('=' or ':'))
            return null;
        bool isColon = text[^1] == ':';
        text = text[..^1];
        int start = text.Length;
        while (start > 0 && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] == '_'))
            start--;
        ReadOnlySpan<char> name = text[start..];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || (start > 0 && text[start - 1] is not (' ' or '\t' or '\n' or ',' or ';' or '(' or '[' or '{' or '|')))
            return null;
        ReadOnlySpan<char> ahead = text[..start].TrimEnd(' ');
        return isColon && ahead.Length > 0 && char.IsLetterOrDigit(ahead[^1]) ? null : name.ToString();
    }
}
