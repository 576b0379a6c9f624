using System.ComponentModel;

namespace PerfTrace.Kernel;

/// <summary>Makes values of a type from bytes. Classes that are made while running call it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class BtfDecoder
{
    private protected BtfDecoder(Type valueType, int size, bool isFlexible = false)
    {
        ValueType = valueType;
        Size = size;
        IsFlexible = isFlexible;
    }

    /// <summary>The .NET type of the values.</summary>
    public Type ValueType { get; }

    /// <summary>Bytes that a value has at least.</summary>
    public int Size { get; }

    /// <summary>What stands behind belongs to the value as well: an array without a length at the end.</summary>
    public bool IsFlexible { get; }

    /// <summary>A value. There are as many bytes as <see cref="Size"/> says, or more.</summary>
    public abstract object ReadObject(ReadOnlySpan<byte> bytes);
}
