namespace PerfTrace.Symbols;

/// <summary>What the headers of a file say.</summary>
internal sealed record ElfHeaders(
    ElfLayout Layout, ElfFileType Type, ElfMachine Machine, ulong EntryPoint, ElfSegment[] Segments, ElfSection[] Sections);
