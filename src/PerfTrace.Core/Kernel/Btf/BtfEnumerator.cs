using System.Globalization;

namespace PerfTrace.Kernel;

/// <summary>A name of an enumeration.</summary>
/// <param name="Name">The name.</param>
/// <param name="Bits">The value, extended to 64 bits.</param>
/// <param name="IsSigned">The enumeration has signed values.</param>
public sealed record BtfEnumerator(string Name, ulong Bits, bool IsSigned)
{
    /// <summary>The value: a <see cref="long"/> where the enumeration is signed, or else a <see cref="ulong"/>.</summary>
    public object Value => IsSigned ? (long)Bits : Bits;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} = {Value}");
}
