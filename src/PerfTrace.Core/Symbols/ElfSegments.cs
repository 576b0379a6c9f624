namespace PerfTrace.Symbols;

/// <summary>Translates between places in a file and the addresses that they are loaded to.</summary>
internal static class ElfSegments
{
    /// <summary>Where in the file the byte is that is loaded to an address; null when none is.</summary>
    public static ulong? OffsetOf(IReadOnlyList<ElfSegment> segments, ulong address)
    {
        foreach (ElfSegment segment in segments)
        {
            if (segment.IsLoaded && segment.HasAddress(address))
                return address - segment.Address + segment.Offset;
        }
        return null;
    }

    /// <summary>
    /// The address that a byte of the file is loaded to; null when it is not. Where segments share a page of the file, the executable one wins.
    /// </summary>
    public static ulong? AddressOf(IReadOnlyList<ElfSegment> segments, ulong offset)
    {
        ulong? found = null;
        foreach (ElfSegment segment in segments)
        {
            if (!segment.IsLoaded || !segment.HasOffset(offset))
                continue;
            ulong address = offset - segment.Offset + segment.Address;
            if (segment.IsExecutable)
                return address;
            found ??= address;
        }
        return found;
    }
}
