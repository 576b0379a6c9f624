namespace PerfTrace.Events.Printing;

/// <summary>
/// A format string with the arguments that trace_printk() has packed into the record: vbin_printf() and bstr_printf() of lib/vsprintf.c.
/// </summary>
internal ref struct PackedArguments
{
    private readonly int _start;
    private int _at;

    private PackedArguments(int start) => _start = _at = start;

    /// <summary>Prints a format string.</summary>
    /// <param name="context">The record.</param>
    /// <param name="format">The kernel's format string.</param>
    /// <param name="start">Where in the record the arguments begin.</param>
    /// <param name="output">Gets the text.</param>
    public static void Write(ref EvaluationContext context, string format, int start, ByteText output)
    {
        var arguments = new PackedArguments(start);
        int at = 0;
        while (at < format.Length)
        {
            int percent = format.IndexOf('%', at);
            output.Add(percent < 0 ? format.AsSpan(at) : format.AsSpan(at, percent - at));
            if (percent < 0)
                return;
            at = percent + 1;
            try
            {
                Conversion conversion = Conversion.Parse(format, ref at);
                arguments.WriteNext(ref context, conversion, output);
            }
            catch (PrintSyntaxException)
            {
                // Where the next argument begins, nobody knows any more.
                output.Add('?');
                return;
            }
        }
    }

    private void WriteNext(ref EvaluationContext context, Conversion conversion, ByteText output)
    {
        if (conversion.TakesWidth)
        {
            int width = (int)Number(ref context, sizeof(int));
            if (width < 0)
                conversion = conversion with { Flags = conversion.Flags | ConversionFlags.Left };
            conversion = conversion with { Width = (int)Math.Min(Math.Abs((long)width), short.MaxValue) };
        }
        if (conversion.TakesPrecision)
            conversion = conversion with { Precision = Math.Clamp((int)Number(ref context, sizeof(int)), 0, short.MaxValue) };
        switch (conversion.Specifier)
        {
            case '%':
                output.Add('%');
                break;
            case 's':
                KernelFormatter.WriteText(conversion, Text(ref context), output);
                break;
            // What a pointer points to was printed when it was recorded, but for these.
            case 'p' when conversion.Pointer is not ("" or ['S' or 's' or 'x' or 'K' or 'e', ..]):
                output.Add(Text(ref context));
                break;
            case 'p':
                KernelFormatter.Write(ref context, conversion, new Value(Number(ref context, sizeof(ulong))), output);
                break;
            case 'c':
                KernelFormatter.Write(ref context, conversion, new Value(Number(ref context, sizeof(byte))), output);
                break;
            default:
                KernelFormatter.Write(ref context, conversion, new Value(Number(ref context, conversion.Size)), output);
                break;
        }
    }

    // As large as it is in C, but numbers of 8 bytes begin at any word of 4.
    private ulong Number(ref EvaluationContext context, int size)
    {
        int align = Math.Min(size, sizeof(uint)) - 1;
        int from = _start + ((_at - _start + align) & ~align);
        _at = from + size;
        return context.Load(EvaluationContext.InRecord(from), size);
    }

    private ReadOnlySpan<byte> Text(ref EvaluationContext context)
    {
        ReadOnlySpan<byte> text = context.TextAt(EvaluationContext.InRecord(_at));
        _at += text.Length + 1;
        return text;
    }
}
