using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>Text as the kernel makes it: bytes. What it prints need not be UTF-8 (a process may give itself any name).</summary>
internal sealed class ByteText
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Add(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Add(char ascii) => Add((byte)ascii);

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Add(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void AddRepeated(char ascii, int count)
    {
        if (count <= 0)
            return;
        Reserve(count);
        _bytes.AsSpan(Length, count).Fill((byte)ascii);
        Length += count;
    }

    public void AddHex(ulong value, int digits = 1)
    {
        Span<byte> reversed = stackalloc byte[16];
        int count = 0;
        while (value != 0 || count < digits)
        {
            reversed[count++] = (byte)"0123456789abcdef"[(int)(value & 15)];
            value >>= 4;
        }
        while (count > 0)
            Add(reversed[--count]);
    }

    public void AddDecimal(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        Add(digits[..length]);
    }

    public override string ToString() => Encoding.UTF8.GetString(Written);

    private void Reserve(int more)
    {
        if (_bytes.Length - Length < more)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
    }
}
