using System.Buffers.Binary;
using System.Numerics;

namespace PerfTrace.Events.Printing;

/// <summary>The functions and macros that print formats call with ordinary arguments (include/trace/stages/stage3_trace_output.h and others).</summary>
internal static class KernelFunctions
{
    private static readonly Dictionary<string, KernelFunction> Table = new(StringComparer.Ordinal)
    {
        ["__print_hex"] = new(CType.Text, 2, static (ref c, a) => PrintHex(ref c, a, ' ')),
        ["__print_hex_str"] = new(CType.Text, 2, static (ref c, a) => PrintHex(ref c, a, 'N')),
        ["__print_array"] = new(CType.Text, 3, PrintArray),
        ["__print_hex_dump"] = new(CType.Text, 7, HexDumpText.Print),
        ["__print_ns_to_secs"] = new(CType.UnsignedLong, 1, static (ref _, a) => new Value(a[0].Bits / 1_000_000_000)),
        ["__print_ns_without_secs"] = new(CType.UnsignedInt, 1, static (ref _, a) => new Value(a[0].Bits % 1_000_000_000)),
        ["trace_seq_buffer_ptr"] = new(CType.Text, 1, static (ref c, _) => c.EndOfScratch),
        ["trace_print_bitmask_seq"] = new(CType.Text, 3, static (ref c, a) => PrintBitmask(ref c, a[1], (int)a[2].Bits)),
        ["jiffies_to_msecs"] = new(CType.UnsignedInt, 1, static (ref c, a) => JiffiesTo(ref c, a[0].Bits, 1000)),
        ["jiffies_to_usecs"] = new(CType.UnsignedInt, 1, static (ref c, a) => JiffiesTo(ref c, a[0].Bits, 1_000_000)),
        ["__builtin_expect"] = new(CType.Long, 2, static (ref _, a) => a[0]),
        ["__builtin_constant_p"] = new(CType.Int, 1, static (ref _, _) => Value.Null),
        ["__builtin_bswap16"] = Swap(2), ["__builtin_bswap32"] = Swap(4), ["__builtin_bswap64"] = Swap(8),
        ["__fswab16"] = Swap(2), ["__fswab32"] = Swap(4), ["__fswab64"] = Swap(8),
        ["__swab16"] = Swap(2), ["__swab32"] = Swap(4), ["__swab64"] = Swap(8),
        ["ntohs"] = Swap(2), ["htons"] = Swap(2), ["ntohl"] = Swap(4), ["htonl"] = Swap(4),
        ["be16_to_cpu"] = Swap(2), ["be32_to_cpu"] = Swap(4), ["be64_to_cpu"] = Swap(8),
        ["cpu_to_be16"] = Swap(2), ["cpu_to_be32"] = Swap(4), ["cpu_to_be64"] = Swap(8),
        ["le16_to_cpu"] = Same(2), ["le32_to_cpu"] = Same(4), ["le64_to_cpu"] = Same(8),
        ["cpu_to_le16"] = Same(2), ["cpu_to_le32"] = Same(4), ["cpu_to_le64"] = Same(8),
        ["pte_val"] = Same(8), ["pmd_val"] = Same(8), ["pud_val"] = Same(8), ["p4d_val"] = Same(8), ["pgd_val"] = Same(8), ["pgprot_val"] = Same(8),
        ["native_make_pte"] = Same(8), ["native_make_pmd"] = Same(8), ["native_make_pud"] = Same(8), ["native_make_p4d"] = Same(8),
        ["native_make_pgd"] = Same(8),
        ["hweight_long"] = new(CType.UnsignedLong, 1, static (ref _, a) => new Value((ulong)BitOperations.PopCount(a[0].Bits))),
        ["strlen"] = new(CType.UnsignedLong, 1, static (ref c, a) => new Value((ulong)c.TextAt(a[0]).Length)),
        ["strcmp"] = new(CType.Int, 2, static (ref c, a) => new Value((ulong)c.TextAt(a[0]).SequenceCompareTo(c.TextAt(a[1])))),
        ["strncmp"] = new(CType.Int, 3, static (ref c, a) => new Value((ulong)Prefix(c.TextAt(a[0]), a[2]).SequenceCompareTo(Prefix(c.TextAt(a[1]), a[2])))),
    };

    public static KernelFunction? Find(string name) => Table.GetValueOrDefault(name) ?? DriverFunctions.Find(name);

    /// <summary>A string made in the scratch memory.</summary>
    public static Value Text(ref EvaluationContext context, ReadOnlySpan<char> text)
    {
        Value start = context.EndOfScratch;
        context.Scratch.Add(text);
        context.Scratch.Add((byte)0);
        return start;
    }

    public static Value PrintBitmask(ref EvaluationContext context, Value bytes, int size)
    {
        Value start = context.EndOfScratch;
        size = Math.Clamp(size, 0, ushort.MaxValue);
        var text = new ByteText();
        BitmapText.Write(context.From(bytes, size), size * 8, text);
        context.Scratch.Add(text.Written);
        context.Scratch.Add((byte)0);
        return start;
    }

    private static KernelFunction Swap(int size) => new(CType.Integer(size, false), 1, (ref _, a) => new Value(BinaryPrimitives.ReverseEndianness(a[0].Bits) >> 64 - size * 8));

    private static KernelFunction Same(int size) => new(CType.Integer(size, false), 1, (ref _, a) => new Value(CType.Widen(a[0].Bits, size, false)));

    private static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> text, Value length) => text[..(int)Math.Min((ulong)text.Length, length.Bits)];

    // kernel/time/time.c: rounded up where a tick is no whole number of them.
    private static Value JiffiesTo(ref EvaluationContext context, ulong jiffies, ulong perSecond)
    {
        ulong frequency = (ulong)context.Environment.TicksPerSecond;
        ulong whole = jiffies / frequency * perSecond, rest = jiffies % frequency * perSecond;
        return new Value((uint)(whole + (rest + frequency - 1) / frequency));
    }

    // trace_print_hex_seq(): lines of 16, but one after the other.
    private static Value PrintHex(ref EvaluationContext context, ReadOnlySpan<Value> arguments, char separator)
    {
        Value start = context.EndOfScratch;
        var text = new ByteText();
        PointerFormatter.WriteHex(context.From(arguments[0], (int)arguments[1].Bits), separator, text);
        context.Scratch.Add(text.Written);
        context.Scratch.Add((byte)0);
        return start;
    }

    // trace_print_array_seq()
    private static Value PrintArray(ref EvaluationContext context, ReadOnlySpan<Value> arguments)
    {
        Value start = context.EndOfScratch;
        int size = (int)arguments[2].Bits;
        var text = new ByteText();
        text.Add('{');
        if (size is 1 or 2 or 4 or 8)
        {
            long count = Math.Min((int)arguments[1].Bits, context.From(arguments[0]).Length / size);
            for (long i = 0; i < count; i++)
            {
                text.Add(i == 0 ? "0x"u8 : ",0x"u8);
                text.AddHex(context.Load(arguments[0].Plus(i * size), size));
            }
        }
        text.Add('}');
        text.Add((byte)0);
        context.Scratch.Add(text.Written);
        return start;
    }
}
