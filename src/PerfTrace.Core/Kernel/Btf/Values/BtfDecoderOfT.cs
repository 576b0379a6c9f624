using System.ComponentModel;

namespace PerfTrace.Kernel;

/// <summary>Makes values of a type from bytes.</summary>
/// <typeparam name="T">Their .NET type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class BtfDecoder<T> : BtfDecoder
{
    private protected BtfDecoder(int size, bool isFlexible = false)
        : base(typeof(T), size, isFlexible)
    {
    }

    /// <summary>A value. There are as many bytes as the type has, or more.</summary>
    public abstract T Read(ReadOnlySpan<byte> bytes);

    public sealed override object ReadObject(ReadOnlySpan<byte> bytes) => Read(bytes)!;
}
