using PerfTrace.Events;

namespace PerfTrace.Perf;

/// <summary>Turns the bytes of a tracepoint's record round when they come from a machine of the other byte order.</summary>
internal static class RecordedPayload
{
    /// <summary>A copy in this machine's byte order.</summary>
    public static byte[] Reverse(EventFormat format, ReadOnlySpan<byte> record)
    {
        byte[] copy = record.ToArray();
        foreach (EventField field in format.CommonFields.Concat(format.Fields))
            Reverse(field, copy);
        return copy;
    }

    private static void Reverse(EventField field, byte[] record)
    {
        if (field.Kind is EventFieldKind.DynamicArray or EventFieldKind.DynamicString or EventFieldKind.DynamicBitmask || IsWord(field))
        {
            // The word that tells where the field is: offset | length << 16.
            Elements(record, field.Offset, sizeof(uint), sizeof(uint));
            if (field.ElementSize == 1 || field.Offset + sizeof(uint) > record.Length)
                return;
            uint word = BitConverter.ToUInt32(record, field.Offset);
            Elements(record, (int)(word & 0xffff) + (field.IsRelative ? field.Offset + sizeof(uint) : 0), (int)(word >> 16), field.ElementSize);
            return;
        }
        Elements(record, field.Offset, field.Size == 0 ? record.Length - field.Offset : field.Size, field.ElementSize);
    }

    private static bool IsWord(EventField field) =>
        field.TypeName.StartsWith("__data_loc ", StringComparison.Ordinal) || field.TypeName.StartsWith("__rel_loc ", StringComparison.Ordinal);

    private static void Elements(byte[] record, int at, int size, int each)
    {
        if (each is not (2 or 4 or 8))
            return;
        for (int end = Math.Min(record.Length, at + size); at >= 0 && at + each <= end; at += each)
            record.AsSpan(at, each).Reverse();
    }
}
