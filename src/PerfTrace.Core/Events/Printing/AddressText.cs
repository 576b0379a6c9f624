using System.Buffers.Binary;

namespace PerfTrace.Events.Printing;

/// <summary>%pI4, %pI6, %pI6c, %pIS and their kin: ip_addr_string() of lib/vsprintf.c.</summary>
internal static class AddressText
{
    // AF_INET and AF_INET6 (include/linux/socket.h); offsets of struct sockaddr_in and sockaddr_in6.
    private const int Internet = 2, Internet6 = 10;

    /// <param name="bytes">28 of them: the greatest of the structures.</param>
    /// <param name="extension">What stands behind the p.</param>
    /// <param name="text">Gets the address.</param>
    public static void Write(ReadOnlySpan<byte> bytes, string extension, ByteText text)
    {
        bool isLong = extension[0] == 'i';
        switch (extension[1])
        {
            case '4':
                WriteFour(bytes, isLong, extension.Length > 2 && extension[2] is 'h' or 'l', text);
                break;
            case '6':
                WriteSix(bytes, isLong, extension.Length > 2 && extension[2] == 'c', text);
                break;
            default:
                WriteSocketAddress(bytes, isLong, extension.AsSpan(2), text);
                break;
        }
    }

    private static void WriteSocketAddress(ReadOnlySpan<byte> bytes, bool isLong, ReadOnlySpan<char> options, ByteText text)
    {
        bool withPort = options.Contains('p');
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        switch (BinaryPrimitives.ReadUInt16LittleEndian(bytes))
        {
            case Internet:
                WriteFour(bytes[4..], isLong, options.ContainsAny('h', 'l'), text);
                if (withPort)
                    WriteNumber(':', port, text);
                break;
            case Internet6:
                bool withFlow = options.Contains('f'), withScope = options.Contains('s');
                bool hasBrackets = withPort || withFlow || withScope;
                if (hasBrackets)
                    text.Add('[');
                WriteSix(bytes[8..], isLong, !isLong && options.Contains('c'), text);
                if (hasBrackets)
                    text.Add(']');
                if (withPort)
                    WriteNumber(':', port, text);
                if (withFlow)
                    WriteNumber('/', BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) & 0x0fffffff, text);
                if (withScope)
                    WriteNumber('%', BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]), text);
                break;
            default:
                text.Add("(einval)"u8);
                break;
        }
    }

    private static void WriteNumber(char before, uint number, ByteText text)
    {
        text.Add(before);
        text.AddDecimal(number);
    }

    private static void WriteFour(ReadOnlySpan<byte> bytes, bool withZeros, bool isLittleEndian, ByteText text)
    {
        for (int i = 0; i < 4; i++)
        {
            byte value = bytes[isLittleEndian ? 3 - i : i];
            if (i > 0)
                text.Add('.');
            if (withZeros)
                text.AddRepeated('0', value < 10 ? 2 : value < 100 ? 1 : 0);
            text.AddDecimal(value);
        }
    }

    private static void WriteSix(ReadOnlySpan<byte> bytes, bool withoutColons, bool isCompressed, ByteText text)
    {
        if (isCompressed && !withoutColons)
        {
            WriteCompressed(bytes, text);
            return;
        }
        for (int i = 0; i < 16; i += 2)
        {
            if (i > 0 && !withoutColons)
                text.Add(':');
            text.AddHex(BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]), 4);
        }
    }

    // The longest run of two zero words or more becomes "::"; the first of equal ones.
    private static void WriteCompressed(ReadOnlySpan<byte> bytes, ByteText text)
    {
        bool isMapped = !bytes[..10].ContainsAnyExcept((byte)0) && BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]) == 0xffff;
        bool isAutomaticTunnel = (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) | 0x02000000) == 0x02005efe;
        bool endsInFour = isMapped || isAutomaticTunnel;
        int words = endsInFour ? 6 : 8;
        int longest = 1, longestAt = -1;
        for (int i = 0; i < words; i++)
        {
            int length = 0;
            while (i + length < words && BinaryPrimitives.ReadUInt16BigEndian(bytes[((i + length) * 2)..]) == 0)
                length++;
            if (length > longest)
                (longest, longestAt) = (length, i);
        }
        bool needsColon = false;
        for (int i = 0; i < words; i++)
        {
            if (i == longestAt)
            {
                if (needsColon || i == 0)
                    text.Add(':');
                text.Add(':');
                needsColon = false;
                i += longest - 1;
                continue;
            }
            if (needsColon)
                text.Add(':');
            text.AddHex(BinaryPrimitives.ReadUInt16BigEndian(bytes[(i * 2)..]));
            needsColon = true;
        }
        if (!endsInFour)
            return;
        if (needsColon)
            text.Add(':');
        WriteFour(bytes[12..], false, false, text);
    }
}
