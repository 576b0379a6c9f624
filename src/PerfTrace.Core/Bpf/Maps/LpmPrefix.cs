using System.Globalization;
using System.Net;

namespace PerfTrace.Bpf;

/// <summary>A key of a longest-prefix-match trie (struct bpf_lpm_trie_key of <c>include/uapi/linux/bpf.h</c>): the first bits of an address or of other data.</summary>
public sealed class LpmPrefix : IEquatable<LpmPrefix>
{
    private readonly byte[] _data;

    /// <param name="data">The data, most significant byte first.</param>
    /// <param name="length">How many of its bits count.</param>
    public LpmPrefix(ReadOnlySpan<byte> data, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, data.Length * 8);
        _data = data.ToArray();
        Length = length;
    }

    /// <summary>How many bits count.</summary>
    public int Length { get; }

    /// <summary>The data, most significant byte first.</summary>
    public IReadOnlyList<byte> Data => _data;

    /// <summary>The address where the data has 4 or 16 bytes; else null.</summary>
    public IPAddress? Address => _data.Length is 4 or 16 ? new IPAddress(_data) : null;

    /// <summary>Takes <c>10.1.0.0/16</c>, <c>2001:db8::/32</c>, an address alone (all its bits), or hexadecimal digits (<c>0a01/16</c>).</summary>
    /// <param name="text">The prefix.</param>
    /// <param name="size">Bytes of data of the map's keys.</param>
    /// <exception cref="FormatException">It is none, or of another size.</exception>
    public static LpmPrefix Parse(string text, int size)
    {
        int slash = text.LastIndexOf('/');
        string data = slash < 0 ? text : text[..slash];
        byte[] bytes = size is 4 or 16 && IPAddress.TryParse(data, out IPAddress? address) ? address.GetAddressBytes() : ParseHexadecimal(data);
        if (bytes.Length != size)
            throw new FormatException($"'{text}' has {bytes.Length} bytes; keys of this map have {size}.");
        int length = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bytes.Length * 8))
            throw new FormatException($"'{text}' does not end with a number of bits through {bytes.Length * 8}.");
        return new LpmPrefix(bytes, length);
    }

    public bool Equals(LpmPrefix? other) => other is not null && Length == other.Length && _data.AsSpan().SequenceEqual(other._data);

    public override bool Equals(object? obj) => Equals(obj as LpmPrefix);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Length);
        hash.AddBytes(_data);
        return hash.ToHashCode();
    }

    public override string ToString() => $"{(object?)Address ?? Convert.ToHexStringLower(_data)}/{Length.ToString(CultureInfo.InvariantCulture)}";

    internal static LpmPrefix Read(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> data = key[sizeof(uint)..];
        return new LpmPrefix(data, (int)Math.Min(BitConverter.ToUInt32(key), (uint)data.Length * 8));
    }

    internal void Write(Span<byte> key)
    {
        BitConverter.TryWriteBytes(key, (uint)Length);
        _data.CopyTo(key[sizeof(uint)..]);
    }

    private static byte[] ParseHexadecimal(string text)
    {
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits)
            : throw new FormatException($"'{text}' is no address and no row of hexadecimal digits.");
    }
}
