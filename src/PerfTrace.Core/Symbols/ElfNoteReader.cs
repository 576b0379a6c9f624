using System.Text;

namespace PerfTrace.Symbols;

/// <summary>Walks note sections and segments: a 12-byte head, the owner's name and the contents, each padded.</summary>
internal static class ElfNoteReader
{
    private const int HeadSize = 12;

    public static IEnumerable<ElfNote> Read(ElfFile file)
    {
        bool hasSections = false;
        foreach (ElfSection section in file.Sections)
        {
            // The notes of a debug file's code are often there as SHT_NOBITS.
            if (section.Type != ElfSection.NoteTable || section.IsCompressed)
                continue;
            hasSections = true;
            foreach (ElfNote note in Walk(file, file.ReadSection(section), section.Alignment, section.Name))
                yield return note;
        }
        if (hasSections)
            yield break;
        foreach (ElfSegment segment in file.Segments)
        {
            if (segment.Type != ElfSegment.Note)
                continue;
            ReadOnlyMemory<byte> bytes = file.Read(segment.Offset, segment.FileSize, "note segment");
            foreach (ElfNote note in Walk(file, bytes, segment.Alignment, "note segment"))
                yield return note;
        }
    }

    private static IEnumerable<ElfNote> Walk(ElfFile file, ReadOnlyMemory<byte> bytes, ulong alignment, string where)
    {
        // Names and contents are padded to four bytes, but to eight where the section says so (.note.gnu.property).
        uint padding = alignment == 8 ? 7u : 3u;
        long at = 0;
        while (bytes.Length - at >= HeadSize)
        {
            uint nameSize = file.Layout.Word(bytes.Span, (int)at);
            uint size = file.Layout.Word(bytes.Span, (int)at + 4);
            uint type = file.Layout.Word(bytes.Span, (int)at + 8);
            long description = at + ((HeadSize + (long)nameSize + padding) & ~(long)padding);
            if (description + size > bytes.Length)
                throw file.Malformed($"{where}: the note at 0x{at:x} is longer ({nameSize:N0} and {size:N0} bytes) than what is left.");
            ReadOnlySpan<byte> name = bytes.Span.Slice((int)at + HeadSize, (int)nameSize);
            int end = name.IndexOf((byte)0);
            yield return new ElfNote(Encoding.UTF8.GetString(end < 0 ? name : name[..end]), type, bytes.Slice((int)description, (int)size));
            at = description + ((size + (long)padding) & ~(long)padding);
        }
    }
}
