namespace PerfTrace.Symbols;

/// <summary>A perf map's lines: <c>START SIZE name</c>, both numbers in hexadecimal digits (jit-interface.txt of the kernel's tools/perf).</summary>
internal static class PerfMapParser
{
    /// <summary>Adds the functions of all lines that are whole; returns the bytes that those have. Other lines are passed over.</summary>
    public static int Parse(byte[] bytes, GeneratedFunctions functions)
    {
        int at = 0;
        while (bytes.AsSpan(at).IndexOf((byte)'\n') is >= 0 and var length)
        {
            ReadOnlySpan<byte> line = bytes.AsSpan(at, length);
            int start = at;
            at += length + 1;
            int used = Hex(line, out ulong address);
            if (used == 0 || used >= line.Length || line[used] != ' ')
                continue;
            used++;
            int digits = Hex(line[used..], out ulong size);
            used += digits;
            if (digits == 0 || used + 1 >= line.Length || line[used] != ' ')
                continue;
            int end = line[^1] == '\r' ? line.Length - 1 : line.Length;
            functions.Add(address, size, bytes.AsMemory(start + used + 1, end - used - 1));
        }
        // A line that is being written is read when it is whole.
        return at;
    }

    private static int Hex(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        int at = text.StartsWith("0x"u8) ? 2 : 0, begin = at;
        for (; at < text.Length && at - begin < 16; at++)
        {
            int digit = text[at] switch
            {
                >= (byte)'0' and <= (byte)'9' => text[at] - '0',
                >= (byte)'a' and <= (byte)'f' => text[at] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => text[at] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
                break;
            value = value << 4 | (uint)digit;
        }
        return at == begin ? 0 : at;
    }
}
