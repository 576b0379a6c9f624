using System.Globalization;
using System.Text.RegularExpressions;

namespace PerfTrace.Tracing;

/// <summary>A place in the kernel, as a key with <c>.sym</c> or <c>.sym-offset</c>, or as a frame of a stack.</summary>
/// <param name="Name">The function; the address in hexadecimal where the kernel has none.</param>
/// <param name="Address">The address; null in a stack, of which the kernel shows names alone.</param>
/// <param name="Offset">Bytes from the function's start; null with <c>.sym</c>.</param>
/// <param name="Module">The module; null for the kernel itself.</param>
public sealed partial record TraceHistogramSymbol(string Name, ulong? Address, ulong? Offset, string? Module)
{
    /// <summary>Parses <c>ovl_iterate+0x1df/0x320 [overlay]</c>.</summary>
    internal static TraceHistogramSymbol Parse(string text, ulong? address)
    {
        Match match = Form().Match(text.Trim());
        return new TraceHistogramSymbol(
            match.Groups["name"].Value,
            address,
            match.Groups["offset"] is { Success: true } offset ? ulong.Parse(offset.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null,
            match.Groups["module"] is { Success: true } module ? module.Value : null);
    }

    public override string ToString() =>
        Name + (Offset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"+0x{offset:x}") : "") + (Module is null ? "" : $" [{Module}]");

    // The module's name may be followed by its build id.
    [GeneratedRegex(@"^(?<name>.*?)(?:\+0x(?<offset>[0-9a-f]{1,16})/0x[0-9a-f]+)?(?: \[(?<module>[^ \]]+)[^\]]*\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
