using System.Buffers.Binary;

namespace PerfTrace.Events.Printing;

/// <summary>
/// <c>%p</c> and what may stand behind it (pointer() of lib/vsprintf.c). A bare <c>%p</c> is printed as an address, as the kernel does it
/// in an instance whose option hash-ptr is off; with the option on it prints a hash that nobody else can compute.
/// </summary>
internal static class PointerFormatter
{
    /// <summary>Null when the kernel's extension is interpreted here, or what it is.</summary>
    public static string? Problem(string extension)
    {
        bool isKnown = extension.Length == 0 || extension[0] switch
        {
            'S' or 's' or 'B' or 'h' or 'b' or 'M' or 'm' or 'U' or 'x' or 'K' or 'a' or 'e' => true,
            'I' or 'i' => extension.Length > 1 && extension[1] is '4' or '6' or 'S',
            'N' => extension.StartsWith("NF", StringComparison.Ordinal),
            '4' => extension.StartsWith("4cc", StringComparison.Ordinal),
            // These look into the kernel's own structures, or print tables that only the kernel has.
            'R' or 'r' or 'E' or 'V' or 'd' or 'D' or 't' or 'C' or 'g' or 'G' or 'O' or 'f' or 'k' or 'u' => false,
            _ => true,
        };
        return isKnown ? null : $"the conversion %p{extension}";
    }

    /// <summary>The kernel may print a hash in this place.</summary>
    public static bool MayBeHashed(string extension) => extension.Length == 0 || extension[0] is 'K';

    public static void Write(ref EvaluationContext context, in Conversion conversion, Value value, ByteText output)
    {
        string extension = conversion.Pointer;
        switch (extension.Length == 0 ? '\0' : extension[0])
        {
            case 'S' or 's' or 'B':
                WriteSymbol(ref context, conversion, value, output);
                return;
            case 'h' or 'b' or 'M' or 'm' or 'I' or 'i' or 'U' or 'a' or 'N' or '4':
                if (KernelFormatter.Unreadable(value) is { } problem)
                    KernelFormatter.WriteText(conversion with { Precision = Limit(conversion) }, problem, output);
                else
                    WriteMemory(ref context, conversion, value, output);
                return;
            case 'e' when value.Memory is null && value.Bits >= unchecked((ulong)-4095):
                KernelFormatter.WriteText(conversion, ErrorName((int)-value.Signed), output);
                return;
            default:
                WriteAddress(conversion, value, output);
                return;
        }
    }

    // error_string(): "limit to avoid completely insane messages".
    private static int Limit(in Conversion conversion) => conversion.Precision < 0 ? 2 * sizeof(ulong) : conversion.Precision;

    private static string ErrorName(int number) => Enum.GetName((Interop.Errno)number) is { } name ? "-" + name : $"-{number}";

    /// <summary>pointer_string(): 16 digits without 0x, but for a width.</summary>
    private static void WriteAddress(in Conversion conversion, Value value, ByteText output) =>
        KernelFormatter.WriteNumber(
            conversion.Width < 0 ? conversion with { Width = 2 * sizeof(ulong), Flags = conversion.Flags | ConversionFlags.ZeroPadded } : conversion,
            value.Bits, false, output);

    /// <summary>symbol_string(): kallsyms' name, offset, size and module.</summary>
    private static void WriteSymbol(ref EvaluationContext context, in Conversion conversion, Value value, ByteText output)
    {
        var text = new ByteText();
        SymbolText.Write(context.Environment.Symbols, value.Bits, conversion.Pointer[0], text);
        KernelFormatter.WriteText(conversion, text.Written, output);
    }

    private static void WriteMemory(ref EvaluationContext context, in Conversion conversion, Value value, ByteText output)
    {
        string extension = conversion.Pointer;
        switch (extension[0])
        {
            case 'h':
                // The width is the number of bytes here; 1 without one.
                WriteHex(context.From(value, conversion.Width < 0 ? 1 : Math.Min(conversion.Width, 64)), extension.Length > 1 ? extension[1] : ' ', output);
                break;
            case 'b':
                ReadOnlySpan<byte> bits = context.From(value, (Math.Max(conversion.Width, 0) + 7) / 8);
                if (extension is "bl")
                    BitmapText.WriteList(bits, Math.Max(conversion.Width, 0), output);
                else
                    BitmapText.Write(bits, Math.Max(conversion.Width, 0), output);
                break;
            default:
                var text = new ByteText();
                Span<byte> bytes = stackalloc byte[28];
                Copy(ref context, value, bytes);
                switch (extension[0])
                {
                    case 'M' or 'm':
                        WriteHardwareAddress(bytes[..6], extension, text);
                        break;
                    case 'I' or 'i':
                        AddressText.Write(bytes, extension, text);
                        break;
                    case 'U':
                        WriteUuid(bytes[..16], extension, text);
                        break;
                    case '4':
                        WriteFourCharacters((uint)context.Load(value, sizeof(uint)), text);
                        break;
                    default: // a, NF
                        text.Add("0x"u8);
                        text.AddHex(context.Load(value, sizeof(ulong)), 16);
                        break;
                }
                KernelFormatter.WriteText(conversion, text.Written, output);
                break;
        }
    }

    // What the record lacks counts as zeros.
    private static void Copy(ref EvaluationContext context, Value value, scoped Span<byte> bytes)
    {
        bytes.Clear();
        context.From(value, bytes.Length).CopyTo(bytes);
    }

    public static void WriteHex(ReadOnlySpan<byte> bytes, char separator, ByteText output)
    {
        char between = separator switch { 'C' => ':', 'D' => '-', 'N' => '\0', _ => ' ' };
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > 0 && between != '\0')
                output.Add(between);
            output.AddHex(bytes[i], 2);
        }
    }

    private static void WriteHardwareAddress(ReadOnlySpan<byte> bytes, string extension, ByteText text)
    {
        char kind = extension.Length > 1 ? extension[1] : '\0';
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > 0 && extension[0] == 'M')
                text.Add(kind == 'F' ? '-' : ':');
            text.AddHex(bytes[kind == 'R' ? bytes.Length - 1 - i : i], 2);
        }
    }

    private static void WriteUuid(ReadOnlySpan<byte> bytes, string extension, ByteText text)
    {
        char kind = extension.Length > 1 ? extension[1] : 'b';
        ReadOnlySpan<byte> order = kind is 'l' or 'L'
            ? [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
            : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        ReadOnlySpan<byte> digits = kind is 'L' or 'B' ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i is 4 or 6 or 8 or 10)
                text.Add('-');
            byte value = bytes[order[i]];
            text.Add(digits[value >> 4]);
            text.Add(digits[value & 15]);
        }
    }

    private static void WriteFourCharacters(uint code, ByteText text)
    {
        const uint bigEndian = 1u << 31;
        Span<byte> characters = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(characters, code & ~bigEndian);
        foreach (byte c in characters)
            text.Add(c is >= 32 and < 127 ? c : (byte)'.');
        text.Add((code & bigEndian) != 0 ? " big-endian (0x"u8 : " little-endian (0x"u8);
        text.AddHex(code, 8);
        text.Add(')');
    }
}
