using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>A file is no perf.data, or is damaged: what it says at an offset can not be.</summary>
/// <param name="offset">Where in the file, in bytes from its begin.</param>
/// <param name="problem">What is wrong there.</param>
/// <param name="path">The file; null: whoever reads it tells which.</param>
public sealed class PerfDataException(long offset, string problem, string? path = null)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"{(path is null ? "" : $"'{path}': ")}{problem} (at offset {offset}, 0x{offset:x})"))
{
    /// <summary>The same, of a file.</summary>
    public PerfDataException In(string file) => new(Offset, problem, file);

    /// <summary>Where in the file, in bytes from its begin.</summary>
    public long Offset { get; } = offset;
}
