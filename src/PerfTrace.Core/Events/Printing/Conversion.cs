namespace PerfTrace.Events.Printing;

[Flags]
internal enum ConversionFlags
{
    None = 0,
    Left = 1,
    Plus = 2,
    Space = 4,
    Alternate = 8,
    ZeroPadded = 16,
}

/// <summary>A conversion of the kernel's vsnprintf (lib/vsprintf.c, Documentation/core-api/printk-formats.rst).</summary>
/// <param name="Flags">What stands behind the percent sign.</param>
/// <param name="Width">The field width, -1 without one.</param>
/// <param name="Precision">-1 without one.</param>
/// <param name="TakesWidth">The width is <c>*</c>, an argument.</param>
/// <param name="TakesPrecision">The precision is <c>*</c>, an argument.</param>
/// <param name="Size">Bytes of the integer that is taken: by h, hh, l, ll, z, t; 4 without.</param>
/// <param name="Specifier">d, u, x, X, o, c, s, p or %.</param>
/// <param name="Pointer">What stands behind <c>%p</c>: <c>I6c</c>.</param>
internal readonly record struct Conversion(
    ConversionFlags Flags, int Width, int Precision, bool TakesWidth, bool TakesPrecision, int Size, char Specifier, string Pointer)
{
    public bool Has(ConversionFlags flag) => (Flags & flag) != 0;

    /// <summary>Parses what stands behind a percent sign; <paramref name="at"/> moves behind it.</summary>
    /// <exception cref="PrintSyntaxException">The kernel has no such conversion.</exception>
    public static Conversion Parse(string text, ref int at)
    {
        int start = at;
        ConversionFlags flags = default;
        for (; at < text.Length; at++)
        {
            ConversionFlags flag = text[at] switch
            {
                '-' => ConversionFlags.Left,
                '+' => ConversionFlags.Plus,
                ' ' => ConversionFlags.Space,
                '#' => ConversionFlags.Alternate,
                '0' => ConversionFlags.ZeroPadded,
                _ => default,
            };
            if (flag == default)
                break;
            flags |= flag;
        }
        int width = Number(text, ref at, out bool takesWidth);
        int precision = -1;
        bool takesPrecision = false;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            precision = Math.Max(0, Number(text, ref at, out takesPrecision));
        }
        int size = sizeof(int);
        if (at < text.Length && text[at] is 'h' or 'l' or 'L' or 'z' or 'Z' or 't')
        {
            char qualifier = text[at++];
            size = qualifier == 'h' ? 2 : 8;
            if (at < text.Length && text[at] == qualifier && qualifier is 'h' or 'l')
            {
                at++;
                size = qualifier == 'h' ? 1 : 8;
            }
        }
        char specifier = at < text.Length ? text[at++] : '\0';
        if (specifier == 'i')
            specifier = 'd';
        if (!"duxXocsp%".Contains(specifier))
            throw new PrintSyntaxException($"the conversion %{text[start..at]}");
        int pointer = at;
        if (specifier == 'p')
        {
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
                at++;
        }
        return new Conversion(flags, width, precision, takesWidth, takesPrecision, size, specifier, text[pointer..at]);
    }

    private static int Number(string text, ref int at, out bool takesArgument)
    {
        takesArgument = at < text.Length && text[at] == '*';
        if (takesArgument)
        {
            at++;
            return -1;
        }
        int value = -1;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
            value = Math.Min(Math.Max(value, 0) * 10 + text[at] - '0', short.MaxValue);
        return value;
    }
}
