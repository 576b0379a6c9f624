using System.Text;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>
/// Reads the USDT probes of a file: notes of type 3 of the owner "stapsdt", in .note.stapsdt
/// (the format is that of systemtap's sys/sdt.h, "UserSpaceProbeImplementation" in its wiki).
/// </summary>
public static class UsdtReader
{
    private const string Owner = "stapsdt", BaseSection = ".stapsdt.base";
    private const uint ProbeNote = 3;

    /// <summary>All probes, in the file's order; one object for each place.</summary>
    /// <exception cref="ElfException">A note is malformed.</exception>
    public static IReadOnlyList<UsdtProbe> Read(ElfFile file)
    {
        var probes = new List<UsdtProbe>();
        ulong? linkedBase = file.FindSection(BaseSection)?.Address;
        Lazy<ElfSymbolTable> symbols = new(() => SeparateDebugFile.ReadSymbols(file));
        foreach (ElfNote note in file.Notes)
        {
            if (note is { Owner: Owner, Type: ProbeNote })
                probes.Add(Parse(file, note.Description.Span, linkedBase, symbols));
        }
        return probes;
    }

    private static UsdtProbe Parse(ElfFile file, ReadOnlySpan<byte> bytes, ulong? linkedBase, Lazy<ElfSymbolTable> symbols)
    {
        // Three words (the probe's address, that of .stapsdt.base when it was linked, the semaphore's) and three texts.
        int word = file.Layout.WordSize;
        if (bytes.Length < 3 * word)
            throw file.Malformed($"A note of a USDT probe has {bytes.Length} bytes.");
        ulong address = file.Layout.Native(bytes, 0), noteBase = file.Layout.Native(bytes, word), semaphore = file.Layout.Native(bytes, 2 * word);
        ReadOnlySpan<byte> rest = bytes[(3 * word)..];
        string provider = Text(file, ref rest), name = Text(file, ref rest), arguments = Text(file, ref rest);
        // prelink moves a library and leaves the notes alone; the section tells how far.
        if (linkedBase is { } actual && noteBase != 0)
        {
            ulong moved = actual - noteBase;
            address += moved;
            semaphore = semaphore == 0 ? 0 : semaphore + moved;
        }
        var translator = new UsdtArgumentTranslator(file, address, symbols);
        return new UsdtProbe(file.Path, provider, name, address, file.OffsetOf(address), semaphore == 0 ? null : semaphore,
            semaphore == 0 ? null : file.OffsetOf(semaphore), (UsdtArgument[])[.. UsdtArgumentTranslator.Split(arguments).Select(translator.Translate)]);
    }

    private static string Text(ElfFile file, ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)0);
        if (end < 0)
            throw file.Malformed("A note of a USDT probe has a text without end.");
        string text = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return text;
    }
}
