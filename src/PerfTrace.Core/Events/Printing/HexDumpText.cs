namespace PerfTrace.Events.Printing;

/// <summary><c>__print_hex_dump</c>: trace_seq_hex_dump() and hex_dump_to_buffer() of lib/hexdump.c.</summary>
internal static class HexDumpText
{
    // DUMP_PREFIX_* of include/linux/printk.h
    private const ulong PrefixAddress = 1, PrefixOffset = 2;

    /// <param name="context">The record.</param>
    /// <param name="arguments">Prefix, its type, bytes in a row (16 or 32), bytes in a group, address, length, characters behind.</param>
    public static Value Print(ref EvaluationContext context, ReadOnlySpan<Value> arguments)
    {
        Value start = context.EndOfScratch;
        ReadOnlySpan<byte> prefix = context.TextAt(arguments[0]);
        int rowSize = arguments[2].Bits == 32 ? 32 : 16;
        int groupSize = (int)arguments[3].Bits;
        int length = (int)Math.Min(arguments[5].Bits, ushort.MaxValue);
        ReadOnlySpan<byte> bytes = context.From(arguments[4], length);
        if (groupSize is not (2 or 4 or 8))
            groupSize = 1;
        var text = new ByteText();
        text.Add('\n');
        for (int at = 0; at < bytes.Length; at += rowSize)
        {
            if (at > 0)
                text.Add('\n');
            text.Add(prefix);
            if (arguments[1].Bits is PrefixAddress or PrefixOffset)
            {
                // The address is one of the kernel's copy of the record, which means nothing: the offset stands for it.
                text.AddHex((ulong)at, arguments[1].Bits == PrefixAddress ? 16 : 8);
                text.Add(": "u8);
            }
            AddRow(bytes.Slice(at, Math.Min(rowSize, bytes.Length - at)), rowSize, groupSize, arguments[6].IsTrue, text);
        }
        text.Add((byte)0);
        context.Scratch.Add(text.Written);
        return start;
    }

    private static void AddRow(ReadOnlySpan<byte> row, int rowSize, int groupSize, bool withCharacters, ByteText text)
    {
        if (row.Length % groupSize != 0)
            groupSize = 1;
        int start = text.Length;
        for (int group = 0; group < row.Length; group += groupSize)
        {
            if (group > 0)
                text.Add(' ');
            for (int i = groupSize - 1; i >= 0; i--)
                text.AddHex(row[group + i], 2);
        }
        if (!withCharacters)
            return;
        text.AddRepeated(' ', rowSize * 2 + rowSize / groupSize + 1 - (text.Length - start));
        foreach (byte c in row)
            text.Add(c is >= 32 and < 127 ? c : (byte)'.');
    }
}
