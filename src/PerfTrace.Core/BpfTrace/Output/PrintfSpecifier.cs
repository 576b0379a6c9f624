namespace PerfTrace.BpfTrace;

/// <summary>A place in a format where a value is written: <c>%-10s</c>, <c>%08lx</c>.</summary>
internal readonly record struct PrintfSpecifier
{
    /// <summary>What stands before it, through the place before.</summary>
    public required string Before { get; init; }

    /// <summary>d, i, u, o, x, X, c, s, p, r, rh, rx, gr; what the check refuses, too.</summary>
    public required string Conversion { get; init; }

    /// <summary>hh, h, l, ll, j, z, t or nothing, which is an int.</summary>
    public required string Length { get; init; }

    /// <summary>-</summary>
    public required bool IsLeft { get; init; }

    /// <summary>+</summary>
    public required bool HasSign { get; init; }

    /// <summary>A space where a sign could be.</summary>
    public required bool HasSpace { get; init; }

    /// <summary>#</summary>
    public required bool HasPrefix { get; init; }

    /// <summary>0</summary>
    public required bool HasZeros { get; init; }

    /// <summary>At least so many bytes.</summary>
    public required int Width { get; init; }

    /// <summary>At least so many digits of a number, at most so many bytes of a text; -1: not said.</summary>
    public required int Precision { get; init; }

    /// <summary>Cuts a number to the width of its length and extends it again.</summary>
    public long Cut(long value, bool isSigned) => unchecked((Length, isSigned) switch
    {
        ("hh", true) => (sbyte)value,
        ("hh", false) => (byte)value,
        ("h", true) => (short)value,
        ("h", false) => (ushort)value,
        ("l" or "ll" or "j" or "z" or "t", _) => value,
        (_, true) => (int)value,
        _ => (uint)value,
    });
}
