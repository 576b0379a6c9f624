using System.Globalization;

namespace PerfTrace.Profiles;

/// <summary>A frame as a profile tells it from others: what was not asked for (<see cref="FrameParts"/>) is null or 0.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Symbol">The function, or the label's text; null when no symbol is known.</param>
/// <param name="Module">The module's name; null for labels and folded stacks.</param>
/// <param name="Address">Where the function begins in its module, or the place of what has no symbol, or the instruction.</param>
/// <param name="SourceFile">The source file.</param>
/// <param name="SourceLine">The line in it.</param>
internal sealed record ProfileFrame(FrameKind Kind, string? Symbol, string? Module = null, ulong Address = 0, string? SourceFile = null, int? SourceLine = null)
{
    /// <summary>The function; <c>[libc.so.6]</c> for what has no symbol in it.</summary>
    public string Name => Symbol ?? (Module is null or ['[', ..] ? Module ?? "[unknown]" : $"[{Module}]");

    /// <summary>The function, or the address as perf report shows it.</summary>
    public string SymbolOrAddress => Symbol ?? string.Create(CultureInfo.InvariantCulture, $"0x{Address:x}");

    /// <summary><c>main.c:12</c>, or where a line is not known what stands in <see cref="SourceFile"/>; null when that was not asked for.</summary>
    public string? SourceText => SourceFile is null || SourceLine is null
        ? SourceFile
        : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(SourceFile)}:{SourceLine}");
}
