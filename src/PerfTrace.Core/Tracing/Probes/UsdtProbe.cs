using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A probe that a program's author put into it (USDT, sys/sdt.h): one place of it, of which there may be several.</summary>
/// <param name="Path">The program or library.</param>
/// <param name="Provider">Who defined it: <c>python</c>, <c>libstdcxx</c>.</param>
/// <param name="Name">What happens there: <c>function__entry</c>.</param>
/// <param name="Address">Virtual address in the file, before it is loaded anywhere.</param>
/// <param name="Offset">Where in the file, in bytes; null when nothing of the file is loaded there.</param>
/// <param name="SemaphoreAddress">Virtual address of the counter that turns the probe on; null without.</param>
/// <param name="SemaphoreOffset">Where in the file that counter is.</param>
/// <param name="Arguments">What the program hands over.</param>
public sealed record UsdtProbe(
    string Path, string Provider, string Name, ulong Address, ulong? Offset, ulong? SemaphoreAddress, ulong? SemaphoreOffset, IReadOnlyList<UsdtArgument> Arguments)
{
    /// <summary><c>provider:name</c></summary>
    public string Probe => $"{Provider}:{Name}";

    /// <summary>The place: <c>path:0xoffset</c>; null when nothing of the file is loaded there.</summary>
    public string? Location => Offset is null ? null : string.Create(CultureInfo.InvariantCulture, $"{Path}:0x{Offset:x}");

    /// <summary>The program only comes to the probe, or prepares its arguments, while the counter is not zero.</summary>
    public bool HasSemaphore => SemaphoreAddress is not null;

    public override string ToString() => $"{Path}:{Provider}:{Name}";
}
