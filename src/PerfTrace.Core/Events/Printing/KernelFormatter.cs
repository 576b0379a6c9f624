using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>One conversion as the kernel prints it: lib/vsprintf.c, which differs from the C library's in details.</summary>
internal static class KernelFormatter
{
    // PAGE_SIZE and MAX_ERRNO: what is no address is not followed.
    private const ulong LowestAddress = 4096;
    private const ulong FirstError = unchecked((ulong)-4095);

    public static void Write(ref EvaluationContext context, in Conversion conversion, Value value, ByteText output)
    {
        switch (conversion.Specifier)
        {
            case 'c':
                output.AddRepeated(' ', conversion.Has(ConversionFlags.Left) ? 0 : conversion.Width - 1);
                output.Add((byte)value.Bits);
                output.AddRepeated(' ', conversion.Has(ConversionFlags.Left) ? conversion.Width - 1 : 0);
                break;
            case 's':
                WriteString(ref context, conversion, value, output);
                break;
            case 'p':
                PointerFormatter.Write(ref context, conversion, value, output);
                break;
            case '%':
                output.Add('%');
                break;
            default:
                bool isSigned = conversion.Specifier == 'd';
                WriteNumber(conversion, CType.Widen(value.Bits, conversion.Size, isSigned), isSigned, output);
                break;
        }
    }

    /// <summary>number() of lib/vsprintf.c: zero padding goes together with a precision; %#x gives zero a prefix, too.</summary>
    public static void WriteNumber(in Conversion conversion, ulong number, bool isSigned, ByteText output)
    {
        int numberBase = conversion.Specifier switch { 'x' or 'X' or 'p' => 16, 'o' => 8, _ => 10 };
        int width = conversion.Width, precision = conversion.Precision;
        bool isZero = number == 0;
        char sign = '\0';
        if (isSigned)
        {
            if ((long)number < 0)
            {
                sign = '-';
                number = 0 - number;
            }
            else if (conversion.Has(ConversionFlags.Plus))
            {
                sign = '+';
            }
            else if (conversion.Has(ConversionFlags.Space))
            {
                sign = ' ';
            }
            if (sign != '\0')
                width--;
        }
        bool hasPrefix = conversion.Has(ConversionFlags.Alternate) && numberBase != 10;
        if (hasPrefix)
            width -= numberBase == 16 ? 2 : isZero ? 0 : 1;

        Span<byte> reversed = stackalloc byte[24];
        int count = 0;
        ReadOnlySpan<byte> digits = conversion.Specifier == 'X' ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        do
        {
            reversed[count++] = digits[(int)(number % (ulong)numberBase)];
            number /= (ulong)numberBase;
        }
        while (number != 0);

        precision = Math.Max(precision, count);
        width -= precision;
        bool isLeft = conversion.Has(ConversionFlags.Left);
        if (!isLeft && !conversion.Has(ConversionFlags.ZeroPadded))
        {
            output.AddRepeated(' ', width);
            width = 0;
        }
        if (sign != '\0')
            output.Add(sign);
        if (hasPrefix && (numberBase == 16 || !isZero))
        {
            output.Add('0');
            if (numberBase == 16)
                output.Add(conversion.Specifier == 'X' ? 'X' : 'x');
        }
        if (!isLeft)
            output.AddRepeated('0', width);
        output.AddRepeated('0', precision - count);
        while (count > 0)
            output.Add(reversed[--count]);
        if (isLeft)
            output.AddRepeated(' ', width);
    }

    public static void WriteText(in Conversion conversion, ReadOnlySpan<byte> text, ByteText output)
    {
        if (conversion.Precision >= 0 && text.Length > conversion.Precision)
            text = text[..conversion.Precision];
        if (!conversion.Has(ConversionFlags.Left))
            output.AddRepeated(' ', conversion.Width - text.Length);
        output.Add(text);
        if (conversion.Has(ConversionFlags.Left))
            output.AddRepeated(' ', conversion.Width - text.Length);
    }

    public static void WriteText(in Conversion conversion, string text, ByteText output) =>
        WriteText(conversion, Encoding.UTF8.GetBytes(text), output);

    /// <summary>What is printed in place of what a pointer that can not be one points to; null for others (check_pointer()).</summary>
    public static string? Unreadable(Value pointer) => pointer.Memory is not null ? null
        : pointer.Bits == 0 ? "(null)"
        : pointer.Bits is < LowestAddress or >= FirstError ? "(efault)"
        : null;

    private static void WriteString(ref EvaluationContext context, in Conversion conversion, Value value, ByteText output)
    {
        if (Unreadable(value) is { } problem)
        {
            WriteText(conversion, problem, output);
        }
        else if (value.Memory is not null)
        {
            // A string need not end before its precision does.
            ReadOnlySpan<byte> text = conversion.Precision >= 0 ? context.From(value, conversion.Precision) : context.From(value);
            int end = text.IndexOf((byte)0);
            WriteText(conversion, end < 0 ? text : text[..end], output);
        }
        else if (context.Environment.Strings.TryRead(value.Bits, out string? text))
        {
            WriteText(conversion, text, output);
        }
        else
        {
            output.Add("(0x"u8);
            output.AddHex(value.Bits, 16);
            output.Add(')');
        }
    }
}
