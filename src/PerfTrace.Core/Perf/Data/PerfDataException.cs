using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>A file is no perf.data, or is damaged: what it says at an offset can not be.</summary>
/// <param name="offset">Where in the file, in bytes from its begin.</param>
/// <param name="problem">What is wrong there.</param>
public sealed class PerfDataException(long offset, string problem)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"{problem} (at offset {offset}, 0x{offset:x})"))
{
    /// <summary>Where in the file, in bytes from its begin.</summary>
    public long Offset { get; } = offset;
}
