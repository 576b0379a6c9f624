using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>Where in a program or library a probe is: what its arguments and the addresses of variables depend on.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">In the file, in bytes.</param>
/// <param name="Address">The same before the file is loaded anywhere.</param>
internal sealed record UserPlace(string Path, ulong Offset, ulong Address)
{
    /// <summary>What a USDT probe hands over; none for other probes.</summary>
    public IReadOnlyList<UsdtArgument> Arguments { get; init; } = [];
}
