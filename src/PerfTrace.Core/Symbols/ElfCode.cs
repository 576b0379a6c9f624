namespace PerfTrace.Symbols;

/// <summary>Reads code out of ELF files.</summary>
internal static class ElfCode
{
    /// <summary>The bytes that are loaded to an address, as far as one segment has them.</summary>
    /// <exception cref="CodeNotFoundException">None are, or more than any function has.</exception>
    /// <exception cref="ElfException">The file ends before.</exception>
    public static ReadOnlyMemory<byte> Read(ElfFile file, ulong address, ulong size)
    {
        foreach (ElfSection section in file.Sections)
        {
            // A debug file has the headers of the program's sections, and of most no more.
            if (section is { IsCode: true, HasBytes: false } && address >= section.Address && address - section.Address < section.Size)
                throw new CodeNotFoundException($"{file.Path} is a debug file, which has names and source lines alone: the program or library that it belongs to has the code.");
        }
        foreach (ElfSegment segment in file.Segments)
        {
            if (!segment.IsLoaded || !segment.HasAddress(address))
                continue;
            ulong before = address - segment.Address, length = Math.Min(size, segment.FileSize - before);
            if (before > ulong.MaxValue - segment.Offset)
                break;
            return length <= FunctionCode.Largest
                ? file.Read(segment.Offset + before, length, "code")
                : throw new CodeNotFoundException($"The function at 0x{address:x} of {file.Path} claims {length:N0} bytes, more than any has.");
        }
        throw new CodeNotFoundException($"{file.Path} has no code at 0x{address:x}.");
    }
}
