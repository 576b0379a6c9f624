using System.Text;
using PerfTrace.Events.Printing;

namespace PerfTrace.Events.Matching;

/// <summary>A part of a message: from where to where it can reach.</summary>
internal abstract class MatchStep
{
    /// <summary>The piece of the print format; null for what is made up here.</summary>
    public PrintPiece? Piece { get; init; }

    /// <summary>Adds the places where this part can end, if it begins at one of those given.</summary>
    public abstract void Forward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> starts, Span<bool> ends);

    /// <summary>Adds the places where this part can begin, if it ends at one of those given.</summary>
    public abstract void Backward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> ends, Span<bool> starts, ReadOnlySpan<bool> candidates);
}

/// <summary>Text that is always there.</summary>
internal sealed class LiteralStep(byte[] text) : MatchStep
{
    public override void Forward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> starts, Span<bool> ends)
    {
        for (int at = 0; at + text.Length < starts.Length; at++)
        {
            if (starts[at] && message.Slice(at, text.Length).SequenceEqual(text))
                ends[at + text.Length] = true;
        }
    }

    public override void Backward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> ends, Span<bool> starts, ReadOnlySpan<bool> candidates)
    {
        for (int at = 0; at + text.Length < starts.Length; at++)
        {
            if (candidates[at] && ends[at + text.Length] && message.Slice(at, text.Length).SequenceEqual(text))
                starts[at] = true;
        }
    }
}

/// <summary>Any text: it can end at each place behind its beginning.</summary>
internal sealed class TextStep : MatchStep
{
    public override void Forward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> starts, Span<bool> ends)
    {
        int first = starts.IndexOf(true);
        if (first >= 0)
            ends[first..].Fill(true);
    }

    public override void Backward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> ends, Span<bool> starts, ReadOnlySpan<bool> candidates)
    {
        int last = ends.LastIndexOf(true);
        for (int at = 0; at <= last; at++)
            starts[at] |= candidates[at];
    }
}

/// <summary>A part whose bytes tell whether they can be it.</summary>
internal abstract class CheckedStep : MatchStep
{
    public override void Forward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> starts, Span<bool> ends)
    {
        for (int at = 0; at < starts.Length; at++)
        {
            if (!starts[at])
                continue;
            for (int end = at; end < ends.Length; end++)
            {
                if (!CanReach(message, at, end, out bool goesOn))
                {
                    if (!goesOn)
                        break;
                    continue;
                }
                ends[end] = true;
                if (!goesOn)
                    break;
            }
        }
    }

    public override void Backward(ReadOnlySpan<byte> message, ReadOnlySpan<bool> ends, Span<bool> starts, ReadOnlySpan<bool> candidates)
    {
        for (int at = 0; at < starts.Length; at++)
        {
            if (!candidates[at])
                continue;
            for (int end = at; end < ends.Length; end++)
            {
                bool reaches = CanReach(message, at, end, out bool goesOn);
                if (reaches && ends[end])
                {
                    starts[at] = true;
                    break;
                }
                if (!goesOn)
                    break;
            }
        }
    }

    /// <summary>Whether the bytes between two places can be this part, and whether more bytes could.</summary>
    protected abstract bool CanReach(ReadOnlySpan<byte> message, int start, int end, out bool goesOn);
}

/// <summary>A number, printed as its conversion prints it.</summary>
internal sealed class NumberStep(Conversion conversion) : CheckedStep
{
    /// <summary>Digits of the longest number, in octal, with room for sign and prefix.</summary>
    private const int Longest = 26;

    private readonly ByteText _text = new();

    /// <summary>The number that the bytes say; null when they are not what it would be printed as.</summary>
    public ulong? Parse(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.Trim((byte)' ');
        bool isNegative = digits is [(byte)'-', ..];
        if (digits is [(byte)'-' or (byte)'+', ..])
            digits = digits[1..];
        uint numberBase = conversion.Specifier switch { 'x' or 'X' or 'p' => 16u, 'o' => 8, _ => 10 };
        if (numberBase == 16 && conversion.Has(ConversionFlags.Alternate) && digits is [(byte)'0', (byte)'x' or (byte)'X', .., _])
            digits = digits[2..];
        if (digits.Length == 0)
            return null;
        ulong value = 0;
        foreach (byte c in digits)
        {
            int digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
                _ => 99,
            };
            if (digit >= numberBase)
                return null;
            value = (value * numberBase) + (uint)digit;
        }
        if (isNegative)
            value = 0 - value;
        // That it is printed so is the proof: sign, prefix, zeros, blanks, and that it fits.
        bool isSigned = conversion.Specifier == 'd';
        _text.Clear();
        KernelFormatter.WriteNumber(conversion, CType.Integer(conversion.Size, isSigned).Convert(value), isSigned, _text);
        return _text.Written.SequenceEqual(text) ? value : null;
    }

    protected override bool CanReach(ReadOnlySpan<byte> message, int start, int end, out bool goesOn)
    {
        goesOn = end - start < Math.Max(Longest, conversion.Width + Longest)
            && (end == start || message[end - 1] is (byte)' ' or (byte)'-' or (byte)'+' || char.IsAsciiHexDigit((char)message[end - 1]) || message[end - 1] is (byte)'x' or (byte)'X');
        return end > start && Parse(message[start..end]) is not null;
    }
}

/// <summary>An argument of a system call: in hexadecimal, since Linux 6.18 with 0x, and in decimal below 10.</summary>
internal sealed class SystemCallNumberStep(EventField field, bool isPrefixed) : CheckedStep
{
    public EventField Field { get; } = field;

    public ulong? Parse(ReadOnlySpan<byte> text)
    {
        bool hasPrefix = text is [(byte)'0', (byte)'x', ..];
        if (isPrefixed && !hasPrefix)
            return text.Length == 1 && char.IsAsciiDigit((char)text[0]) ? (ulong)(text[0] - '0') : null;
        return hasPrefix != isPrefixed ? null
            : ulong.TryParse(hasPrefix ? text[2..] : text, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }

    protected override bool CanReach(ReadOnlySpan<byte> message, int start, int end, out bool goesOn)
    {
        goesOn = end - start < 18;
        return end > start && Parse(message[start..end]) is not null;
    }
}
