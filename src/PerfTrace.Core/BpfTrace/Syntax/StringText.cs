using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>The bytes that a string between quotes stands for, and back.</summary>
internal static class StringText
{
    /// <summary>Decodes what is between the quotes.</summary>
    /// <param name="text">Without the quotes.</param>
    /// <param name="problemAt">Where a wrong escape is.</param>
    /// <param name="problemLength">How long it is.</param>
    /// <param name="problem">What is wrong with it; null when all is well.</param>
    public static byte[] Decode(ReadOnlySpan<char> text, out int problemAt, out int problemLength, out string? problem)
    {
        (problemAt, problemLength, problem) = (0, 0, null);
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int written = 0;
        for (int at = 0; at < text.Length;)
        {
            int plain = text[at..].IndexOf('\\');
            if (plain != 0)
            {
                int length = plain < 0 ? text.Length - at : plain;
                written += Encoding.UTF8.GetBytes(text.Slice(at, length), bytes.AsSpan(written));
                at += length;
                continue;
            }
            int start = at;
            int value = Escape(text, ref at);
            if (value is < 0 or > byte.MaxValue)
            {
                (problemAt, problemLength) = (start, at - start);
                problem = value < 0 ? $"'{text[start..at]}' is no escape sequence" : $"'{text[start..at]}' is more than a byte holds";
                return [];
            }
            bytes[written++] = (byte)value;
        }
        return bytes[..written];
    }

    /// <summary>Writes bytes between quotes, such that reading them gives them back.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                text.Append("\\x").Append(bytes[0].ToString("x2", null));
                bytes = bytes[1..];
                continue;
            }
            bytes = bytes[length..];
            switch (rune.Value)
            {
                case '\n': text.Append("\\n"); break;
                case '\t': text.Append("\\t"); break;
                case '\r': text.Append("\\r"); break;
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case < ' ' or 0x7f: text.Append("\\x").Append(rune.Value.ToString("x2", null)); break;
                default: text.Append(rune.ToString()); break;
            }
        }
        return text.Append('"').ToString();
    }

    // The value of the escape at a place, which moves behind it; negative when there is none such.
    private static int Escape(ReadOnlySpan<char> text, ref int at)
    {
        char kind = at + 1 < text.Length ? text[at + 1] : '\0';
        at = Math.Min(at + 2, text.Length);
        switch (kind)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case '"': return '"';
            case '\\': return '\\';
            case >= '0' and <= '7':
                int octal = kind - '0';
                for (int i = 0; i < 2 && at < text.Length && text[at] is >= '0' and <= '7'; i++)
                    octal = (octal * 8) + (text[at++] - '0');
                return octal;
            case 'x' or 'X':
                int hex = -1;
                for (int i = 0; i < 2 && at < text.Length && char.IsAsciiHexDigit(text[at]); i++)
                    hex = (Math.Max(hex, 0) * 16) + IntegerText.HexDigit(text[at++]);
                return hex;
            default: return -1;
        }
    }
}
