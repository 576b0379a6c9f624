namespace PerfTrace.Symbols;

/// <summary>CRC-32 as zlib has it (polynomial 0xEDB88320, reflected), which .gnu_debuglink uses.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Continues a checksum; the first call gets 0.</summary>
    public static uint Update(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint c = ~checksum;
        foreach (byte b in bytes)
            c = Table[(byte)(c ^ b)] ^ (c >> 8);
        return ~c;
    }

    private static uint[] MakeTable()
    {
        const uint polynomial = 0xEDB88320;
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? polynomial ^ (c >> 1) : c >> 1;
            table[i] = c;
        }
        return table;
    }
}
