namespace PerfTrace.Symbols;

/// <summary>What .gnu_debuglink says of the file that the symbols were moved to.</summary>
/// <param name="FileName">A name without directory.</param>
/// <param name="Checksum">CRC-32 (that of zlib) of the whole of that file.</param>
public readonly record struct ElfDebugLink(string FileName, uint Checksum);
