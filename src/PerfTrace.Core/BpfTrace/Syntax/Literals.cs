using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>An integer. What is written is never negative; folding makes the negative ones.</summary>
internal sealed class IntegerLiteral(SourceSpan span, ulong value, bool isNegative = false, string? text = null) : Expression(span, 0)
{
    /// <summary>The value in two's complement.</summary>
    public ulong Value { get; } = value;

    /// <summary>Whether it is below zero: then <see cref="Value"/> is a signed one.</summary>
    public bool IsNegative { get; } = isNegative;

    /// <summary>As it was written, with its base, separators and suffix; null when it was computed.</summary>
    public string? Text { get; } = text;

    public Int128 Number => IsNegative ? (long)Value : Value;
}

/// <summary>A string: bytes, as an escape may name one that is no character.</summary>
internal sealed class StringLiteral(SourceSpan span, byte[] bytes) : Expression(span, 0)
{
    public StringLiteral(SourceSpan span, string value)
        : this(span, Encoding.UTF8.GetBytes(value))
    {
    }

    /// <summary>UTF-8 without an end mark.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public string Value => Encoding.UTF8.GetString(Bytes.Span);
}

internal sealed class BooleanLiteral(SourceSpan span, bool value) : Expression(span, 0)
{
    public bool Value { get; } = value;
}
