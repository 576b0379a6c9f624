namespace PerfTrace.Events.Printing;

/// <summary>%*pb and %*pbl: bitmap_string() and bitmap_list_string() of lib/vsprintf.c.</summary>
internal static class BitmapText
{
    private const int ChunkBits = 32;

    /// <summary>Groups of eight hexadecimal digits, the highest first and as short as the number of bits allows.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, int count, ByteText output)
    {
        int width = count % ChunkBits is > 0 and var rest ? rest : ChunkBits;
        bool isFirst = true;
        for (int first = (count + ChunkBits - 1) / ChunkBits * ChunkBits - ChunkBits; first >= 0; first -= ChunkBits)
        {
            uint chunk = 0;
            for (int i = 3; i >= 0; i--)
                chunk = chunk << 8 | (first / 8 + i < bytes.Length ? bytes[first / 8 + i] : 0u);
            if (width < ChunkBits)
                chunk &= (1u << width) - 1;
            if (!isFirst)
                output.Add(',');
            isFirst = false;
            output.AddHex(chunk, (width + 3) / 4);
            width = ChunkBits;
        }
    }

    /// <summary>Ranges: 0-3,5.</summary>
    public static void WriteList(ReadOnlySpan<byte> bytes, int count, ByteText output)
    {
        count = Math.Min(count, bytes.Length * 8);
        bool isFirst = true;
        for (int i = 0; i < count; i++)
        {
            if (!IsSet(bytes, i))
                continue;
            int start = i;
            while (i + 1 < count && IsSet(bytes, i + 1))
                i++;
            if (!isFirst)
                output.Add(',');
            isFirst = false;
            output.AddDecimal((ulong)start);
            if (i == start)
                continue;
            output.Add('-');
            output.AddDecimal((ulong)i);
        }
    }

    private static bool IsSet(ReadOnlySpan<byte> bytes, int bit) => (bytes[bit / 8] >> (bit % 8) & 1) != 0;
}
