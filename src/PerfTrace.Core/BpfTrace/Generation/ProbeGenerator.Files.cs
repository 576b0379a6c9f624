using System.Globalization;
using System.Text;
using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// What an iterator writes into the file that it is kept as: whoever reads that has the kernel run the program, and nobody of this script is there.
internal sealed partial class ProbeGenerator
{
    // MAX_BPRINTF_VARARGS of include/linux/bpf.h; 12 is what older kernels take, too (MAX_SEQ_PRINTF_VARARGS of kernel/trace/bpf_trace.c).
    private const int MostWritten = 12;

    private void WriteToFile(CallExpression call)
    {
        if (call.Function != ScriptFunction.Printf)
            throw NotPossible(call, $"nobody hears of {call.Name}() from an iterator that is kept as a file", "printf() writes into the file");
        PrintfFormat format = PrintfFormat.Parse(_plan.Actions[call.Action!.Value].Text);
        IReadOnlyList<Expression> values = [.. call.Arguments.Skip(1)];
        if (values.Count > MostWritten)
            throw NotPossible(call, $"the kernel writes {MostWritten} values at once, and there are {values.Count}", "several calls of printf() write a line, too");
        (int, int) mark = Mark();
        var text = new StringBuilder();
        IrPlace data = Reserve(sizeof(ulong) * Math.Max(1, values.Count));
        for (int i = 0; i < values.Count; i++)
        {
            PrintfSpecifier place = format.Places[i];
            AppendLiteral(call, text, place.Before);
            text.Append('%').Append(place.IsLeft ? "-" : "").Append(place.HasSign ? "+" : "").Append(place.HasSpace ? " " : "").Append(place.HasZeros ? "0" : "");
            if (place.Width > 0)
                text.Append(CultureInfo.InvariantCulture, $"{place.Width}");
            if (place.Precision >= 0 || place.HasPrefix)
                throw NotPossible(values[i], "the kernel writes neither a precision nor a prefix into a file");
            _function.Store(BpfSize.Bits64, data.At(sizeof(ulong) * i), Written(values[i], place, text));
        }
        AppendLiteral(call, text, format.Rest);
        byte[] bytes = [.. Encoding.ASCII.GetBytes(text.ToString()), 0];
        IrPlace template = Reserve(bytes.Length);
        WriteBytes(template, bytes, bytes.Length);
        // struct bpf_iter__x { struct bpf_iter_meta *meta; … }, struct bpf_iter_meta { struct seq_file *seq; … } (include/linux/bpf.h)
        IrValue file = _function.Load(BpfSize.Bits64, new IrPlace(_function.Load(BpfSize.Bits64, new IrPlace(Context, 0)), 0));
        _function.Call(BpfHelper.SeqPrintf, file, template, (long)bytes.Length, data, (long)(sizeof(ulong) * values.Count));
        Release(mark);
    }

    // The kernel's formats know numbers of 64 bits and texts (bpf_bprintf_prepare() of kernel/bpf/helpers.c).
    private IrValue Written(Expression value, in PrintfSpecifier place, StringBuilder text)
    {
        if (place.Conversion == "s" && value.Type is StringType)
        {
            text.Append('s');
            return _function.Address(InMemory(value));
        }
        IntegerType? type = TypeRules.ValueOf(value.Type!) switch
        {
            PointerType or BooleanType => IntegerType.UInt64,
            var other => TypeRules.IntegerOf(other),
        };
        if (type is null || place.Conversion is not ("d" or "i" or "u" or "x" or "X" or "c" or "p" or "s"))
            throw NotPossible(value, $"the kernel can not write a value of type {value.Type!.Name} as %{place.Conversion} into a file", "numbers and texts can be written: %d, %u, %x, %c, %s");
        bool isSigned = place.Conversion is "d" or "i" || (place.Conversion == "s" && type.IsSigned);
        int size = place.Conversion is "s" or "p" ? sizeof(ulong) : place.Length switch { "hh" => 1, "h" => 2, "" => 4, _ => 8 };
        text.Append(place.Conversion switch { "c" => "c", "x" or "p" => "llx", "X" => "llX", _ => isSigned ? "lld" : "llu" });
        if (place.Conversion == "p")
            text.Insert(text.ToString().LastIndexOf('%'), "0x");
        return Truncate(Kept(value), new IntegerType(size, isSigned));
    }

    private static void AppendLiteral(CallExpression call, StringBuilder text, string literal)
    {
        if (literal.AsSpan().ContainsAnyExceptInRange('\t', '~') || literal.Any(static c => char.IsControl(c) && !char.IsWhiteSpace(c)))
            throw NotPossible(call, "the kernel writes no characters but those of ASCII into a file");
        text.Append(literal.Replace("%", "%%", StringComparison.Ordinal));
    }
}
