using System.Text;

namespace PerfTrace.Symbols;

/// <summary>Reads the file header, the program headers and the section headers (include/uapi/linux/elf.h, elf(5)).</summary>
internal static class ElfHeaderReader
{
    private const int IdentificationSize = 16;

    // Numbers that do not fit into their 16 bits are in the first section header instead (elf(5), e_phnum, e_shnum, e_shstrndx).
    private const ushort ManySegments = 0xffff, ManySections = 0xffff;

    public static ElfHeaders Read(ElfSource source)
    {
        ElfLayout layout = ReadLayout(source);
        ReadOnlySpan<byte> header = source.Read(0, (ulong)layout.HeaderSize, "file header").Span;
        int w = layout.WordSize;
        // e_type at 16, e_machine at 18, e_version at 20; e_entry, e_phoff, e_shoff are words of the file's size from 24 on.
        var type = (ElfFileType)layout.Half(header, 16);
        var machine = (ElfMachine)layout.Half(header, 18);
        ulong entry = layout.Native(header, 24);
        ulong segmentsAt = layout.Native(header, 24 + w);
        ulong sectionsAt = layout.Native(header, 24 + (2 * w));
        int rest = 24 + (3 * w) + 4; // behind e_flags: e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx
        ushort segmentSize = layout.Half(header, rest + 2);
        uint segmentCount = layout.Half(header, rest + 4);
        ushort sectionSize = layout.Half(header, rest + 6);
        uint sectionCount = layout.Half(header, rest + 8);
        uint namesIndex = layout.Half(header, rest + 10);

        if (sectionsAt != 0)
        {
            CheckSize(source, sectionSize, layout.SectionSize, "section");
            SectionHeader first = SectionHeader.Read(layout, source.Read(sectionsAt, (ulong)layout.SectionSize, "first section header").Span);
            if (sectionCount == 0)
                sectionCount = first.Size <= uint.MaxValue ? (uint)first.Size : throw new ElfException(source.Path, $"It claims {first.Size:N0} sections.");
            if (namesIndex == ManySections)
                namesIndex = first.Link;
            if (segmentCount == ManySegments)
                segmentCount = first.Info;
        }
        else
        {
            sectionCount = 0;
        }

        ElfSegment[] segments = [];
        if (segmentsAt != 0 && segmentCount != 0)
        {
            CheckSize(source, segmentSize, layout.SegmentSize, "program");
            segments = ReadSegments(source, layout, segmentsAt, segmentSize, segmentCount);
        }
        return new ElfHeaders(layout, type, machine, entry, segments, ReadSections(source, layout, sectionsAt, sectionSize, sectionCount, namesIndex));
    }

    private static ElfLayout ReadLayout(ElfSource source)
    {
        const byte Class32 = 1, Class64 = 2, LittleEndian = 1, BigEndian = 2, CurrentVersion = 1;
        if (source.Length < IdentificationSize)
            throw new ElfException(source.Path, "This is no ELF file: it is too short.");
        ReadOnlySpan<byte> id = source.Read(0, IdentificationSize, "identification").Span;
        if (!id.StartsWith("\x7f"u8) || !id[1..].StartsWith("ELF"u8))
            throw new ElfException(source.Path, "This is no ELF file.");
        if (id[4] is not (Class32 or Class64))
            throw new ElfException(source.Path, $"The class {id[4]} is neither 32-bit nor 64-bit.");
        if (id[5] is not (LittleEndian or BigEndian))
            throw new ElfException(source.Path, $"The byte order {id[5]} is neither little-endian nor big-endian.");
        return id[6] == CurrentVersion
            ? new ElfLayout(id[4] == Class64, id[5] == BigEndian)
            : throw new ElfException(source.Path, $"The ELF version {id[6]} is unknown.");
    }

    private static void CheckSize(ElfSource source, int size, int least, string what)
    {
        if (size < least)
            throw new ElfException(source.Path, $"A {what} header has {least} bytes, not {size}.");
    }

    private static ElfSegment[] ReadSegments(ElfSource source, ElfLayout layout, ulong at, int size, uint count)
    {
        ReadOnlySpan<byte> table = source.Read(at, (ulong)size * count, $"{count} program headers").Span;
        var segments = new ElfSegment[count];
        for (int i = 0; i < segments.Length; i++)
        {
            ReadOnlySpan<byte> p = table.Slice(i * size, layout.SegmentSize);
            // p_flags moved behind p_type in the 64-bit form, for alignment.
            segments[i] = layout.Is64Bit
                ? new ElfSegment(layout.Word(p, 0), layout.Word(p, 4), layout.Long(p, 8), layout.Long(p, 16), layout.Long(p, 32), layout.Long(p, 40), layout.Long(p, 48))
                : new ElfSegment(layout.Word(p, 0), layout.Word(p, 24), layout.Word(p, 4), layout.Word(p, 8), layout.Word(p, 16), layout.Word(p, 20), layout.Word(p, 28));
        }
        return segments;
    }

    private static ElfSection[] ReadSections(ElfSource source, ElfLayout layout, ulong at, int size, uint count, uint namesIndex)
    {
        if (count == 0)
            return [];
        ReadOnlySpan<byte> table = source.Read(at, (ulong)size * count, $"{count} section headers").Span;
        var headers = new SectionHeader[count];
        for (int i = 0; i < headers.Length; i++)
            headers[i] = SectionHeader.Read(layout, table.Slice(i * size, layout.SectionSize));

        ReadOnlySpan<byte> names = default;
        if (namesIndex != 0)
        {
            if (namesIndex >= count)
                throw new ElfException(source.Path, $"The names of the sections are in section {namesIndex} of {count}.");
            SectionHeader strings = headers[namesIndex];
            names = source.Read(strings.Offset, strings.Size, "names of the sections").Span;
        }
        var sections = new ElfSection[count];
        for (int i = 0; i < sections.Length; i++)
        {
            ref readonly SectionHeader h = ref headers[i];
            sections[i] = new ElfSection(i, Text(names, h.Name), h.Type, h.Flags, h.Address, h.Offset, h.Size, h.Link, h.Info, h.Alignment, h.EntrySize);
        }
        return sections;
    }

    // A name outside of the table does not hinder anybody from using the rest: it is empty.
    private static string Text(ReadOnlySpan<byte> names, uint at)
    {
        if (at >= names.Length)
            return "";
        ReadOnlySpan<byte> rest = names[(int)at..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private readonly record struct SectionHeader(
        uint Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, uint Info, ulong Alignment, ulong EntrySize)
    {
        public static SectionHeader Read(ElfLayout layout, ReadOnlySpan<byte> s)
        {
            int w = layout.WordSize;
            return new SectionHeader(
                layout.Word(s, 0), layout.Word(s, 4), layout.Native(s, 8), layout.Native(s, 8 + w), layout.Native(s, 8 + (2 * w)), layout.Native(s, 8 + (3 * w)),
                layout.Word(s, 8 + (4 * w)), layout.Word(s, 12 + (4 * w)), layout.Native(s, 16 + (4 * w)), layout.Native(s, 16 + (5 * w)));
        }
    }
}
