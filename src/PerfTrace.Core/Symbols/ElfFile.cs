using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>
/// An ELF file (elf(5)) of either word size and byte order. The headers are read when it is opened, everything else when it is asked for.
/// </summary>
public sealed class ElfFile : IDisposable
{
    private readonly ElfSource _source;
    private ElfNote[]? _notes;

    private ElfFile(ElfSource source)
    {
        _source = source;
        ElfHeaders headers = ElfHeaderReader.Read(source);
        Layout = headers.Layout;
        Type = headers.Type;
        Machine = headers.Machine;
        EntryPoint = headers.EntryPoint;
        Segments = headers.Segments;
        Sections = headers.Sections;
    }

    /// <summary>The path that it was opened by.</summary>
    public string Path => _source.Path;

    public bool Is64Bit => Layout.Is64Bit;

    public bool IsBigEndian => Layout.IsBigEndian;

    public ElfFileType Type { get; }

    public ElfMachine Machine { get; }

    public ulong EntryPoint { get; }

    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>Empty when the section headers were stripped.</summary>
    public IReadOnlyList<ElfSection> Sections { get; }

    /// <summary>The build id (note 3 of GNU) in hexadecimal digits; null without.</summary>
    /// <exception cref="ElfException">The notes are malformed.</exception>
    public string? BuildId
    {
        get
        {
            const uint NT_GNU_BUILD_ID = 3;
            foreach (ElfNote note in Notes)
            {
                if (note is { Type: NT_GNU_BUILD_ID, Owner: "GNU", Description.Length: > 0 })
                    return Convert.ToHexStringLower(note.Description.Span);
            }
            return null;
        }
    }

    /// <summary>The notes of all note sections; those of the segments when there are no sections.</summary>
    /// <exception cref="ElfException">They are malformed.</exception>
    public IReadOnlyList<ElfNote> Notes => _notes ??= [.. ElfNoteReader.Read(this)];

    /// <summary>Where the symbols were moved to (.gnu_debuglink); null when nothing was.</summary>
    /// <exception cref="ElfException">The section is malformed.</exception>
    public ElfDebugLink? DebugLink
    {
        get
        {
            if (FindSection(".gnu_debuglink") is not { HasBytes: true } section)
                return null;
            // A name that ends with 0, padding to a multiple of four, a checksum.
            ReadOnlySpan<byte> bytes = ReadSection(section).Span;
            int end = bytes.IndexOf((byte)0);
            int checksum = (end + 4) & ~3;
            return end > 0 && checksum + 4 <= bytes.Length
                ? new ElfDebugLink(Encoding.UTF8.GetString(bytes[..end]), Layout.Word(bytes, checksum))
                : throw Malformed("The section .gnu_debuglink holds no name and checksum.");
        }
    }

    internal ElfLayout Layout { get; }

    internal ulong Length => _source.Length;

    /// <summary>Opens a file.</summary>
    /// <exception cref="KernelException">It is not there or may not be read.</exception>
    /// <exception cref="ElfException">It is no ELF file.</exception>
    public static ElfFile Open(string path) => Create(new ElfSource.File(path));

    /// <summary>Reads an image in memory; the name stands in messages.</summary>
    /// <exception cref="ElfException">It is no ELF file.</exception>
    public static ElfFile FromMemory(string name, ReadOnlyMemory<byte> bytes) => Create(new ElfSource.Memory(name, bytes));

    /// <summary>The first section of a name; null without.</summary>
    public ElfSection? FindSection(string name)
    {
        foreach (ElfSection section in Sections)
        {
            if (section.Name == name)
                return section;
        }
        return null;
    }

    /// <summary>The contents of a section, as they are in the file; empty for one that takes no place there.</summary>
    /// <exception cref="ElfException">The file ends before, or the section is compressed.</exception>
    public ReadOnlyMemory<byte> ReadSection(ElfSection section)
    {
        if (!section.HasBytes)
            return default;
        return section.IsCompressed
            ? throw Malformed($"The section {section.Name} is compressed.")
            : _source.Read(section.Offset, section.Size, $"section {section.Index} ({section.Name})");
    }

    /// <summary>Where in the file the byte is that is loaded to an address; null when none is.</summary>
    public ulong? OffsetOf(ulong address) => ElfSegments.OffsetOf(Segments, address);

    /// <summary>
    /// The address that a byte of the file is loaded to; null when it is not. Where segments share a page of the file, the executable one wins.
    /// </summary>
    public ulong? AddressOf(ulong offset) => ElfSegments.AddressOf(Segments, offset);

    /// <summary>The byte at this place of the file is loaded as code.</summary>
    public bool IsCode(ulong offset)
    {
        foreach (ElfSegment segment in Segments)
        {
            if (segment.IsLoaded && segment.IsExecutable && segment.HasOffset(offset))
                return true;
        }
        return false;
    }

    public void Dispose() => _source.Dispose();

    internal ReadOnlyMemory<byte> Read(ulong offset, ulong length, string what) => _source.Read(offset, length, what);

    /// <summary>The path without symbolic links; null for an image in memory.</summary>
    internal string? RealPath => _source.RealPath;

    /// <summary>CRC-32 of the whole file.</summary>
    internal uint ComputeChecksum()
    {
        const ulong step = 1 << 20;
        uint checksum = 0;
        for (ulong at = 0; at < Length; at += step)
            checksum = Crc32.Update(checksum, Read(at, Math.Min(step, Length - at), "contents").Span);
        return checksum;
    }

    internal ElfException Malformed(string problem) => new(Path, problem);

    private static ElfFile Create(ElfSource source)
    {
        try
        {
            return new ElfFile(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
