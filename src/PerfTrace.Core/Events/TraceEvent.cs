using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Events;

/// <summary>
/// An event of a tracepoint or probe. The class of each event derives from this one and has a property for each of the event's
/// fields (<see cref="EventSchema"/>), which decodes the kernel's bytes when it is asked.
/// </summary>
public abstract class TraceEvent : TraceRecord
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TraceEvent(ref readonly EventEnvelope envelope)
        : base(in envelope)
    {
    }

    /// <summary>The event: <c>sched:sched_switch</c>.</summary>
    public sealed override string EventName => Schema.FullName;

    /// <inheritdoc/>
    public override string Message => Schema.Render(this);

    internal EventSchema EventSchema => Schema;

    /// <summary>What the class was made from.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract EventSchema Schema { get; }

    /// <summary>The part of the record that every event of the class has.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract ReadOnlySpan<byte> FixedPart { get; }

    /// <summary>What stands behind the fixed part; null for classes without such fields, and when there is nothing.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual byte[]? DynamicPart => null;

    /// <summary>The whole record: in place when it has no dynamic part, or else put together.</summary>
    internal ReadOnlySpan<byte> GetRecord()
    {
        ReadOnlySpan<byte> head = FixedPart;
        if (DynamicPart is not { } tail)
            return head;
        byte[] buffer = new byte[head.Length + tail.Length];
        head.CopyTo(buffer);
        tail.CopyTo(buffer.AsSpan(head.Length));
        return buffer;
    }

    /// <summary>Characters up to the first zero. Bytes that are no UTF-8 become U+FFFD.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static string DecodeString(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>The integers of an array that lies in the fixed part.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T[] FixedArray<T>(int offset, int size)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(FixedPart.Slice(offset, size)).ToArray();

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected string FixedString(int offset, int size) => DecodeString(FixedPart.Slice(offset, size));

    /// <summary>The string whose place the 32-bit word at <paramref name="offset"/> tells.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected string DynamicString(int offset, bool isRelative) => DecodeString(Locate(offset, isRelative));

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T[] DynamicArray<T>(int offset, bool isRelative)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(Locate(offset, isRelative)).ToArray();

    /// <summary>What reaches from <paramref name="offset"/> to the record's end, as characters.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected string TrailingString(int offset) => DecodeString(From(offset));

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T[] TrailingArray<T>(int offset)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(From(offset)).ToArray();

    /// <summary>What stands behind the fixed part of a record; null when there is nothing.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static byte[]? CopyTail(ref readonly byte record, int fixedSize, int length) =>
        length > fixedSize ? MemoryMarshal.CreateReadOnlySpan(in record, length)[fixedSize..].ToArray() : null;

    /// <summary>The name that the kernel's print format gives to a field's number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected string Symbol(int index) => Schema.SymbolicFields[index].Evaluate(GetRecord(), Origin.Environment);

    private ReadOnlySpan<byte> From(int offset)
    {
        ReadOnlySpan<byte> record = GetRecord();
        return offset < record.Length ? record[offset..] : [];
    }

    // include/trace/stages/stage1_struct_define.h: the word is offset | length << 16. A record that lies gives nothing.
    private ReadOnlySpan<byte> Locate(int wordOffset, bool isRelative)
    {
        ReadOnlySpan<byte> head = FixedPart;
        uint word = MemoryMarshal.Read<uint>(head.Slice(wordOffset, sizeof(uint)));
        int start = (int)(word & 0xffff), length = (int)(word >> 16);
        if (isRelative)
            start += wordOffset + sizeof(uint);
        if (start >= head.Length)
        {
            byte[] tail = DynamicPart ?? [];
            start -= head.Length;
            return start >= tail.Length ? [] : tail.AsSpan(start, Math.Min(length, tail.Length - start));
        }
        ReadOnlySpan<byte> rest = From(start);
        return rest[..Math.Min(length, rest.Length)];
    }
}
