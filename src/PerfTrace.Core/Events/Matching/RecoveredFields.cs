using System.Buffers.Binary;
using System.Text;

namespace PerfTrace.Events.Matching;

/// <summary>What a message tells of its event's fields.</summary>
internal sealed class RecoveredFields
{
    private readonly Dictionary<EventField, (ulong Bits, ulong Known)> _numbers = [];

    /// <summary>Strings, by field.</summary>
    public Dictionary<EventField, byte[]> Texts { get; } = [];

    /// <summary>Names of values, by field.</summary>
    public Dictionary<EventField, string> Symbols { get; } = [];

    /// <summary>Notes bits of a field; false when they contradict what is known.</summary>
    public bool Add(FieldBits place, ulong value)
    {
        (ulong bits, ulong known) = _numbers.GetValueOrDefault(place.Field);
        ulong mask = place.Mask << place.Shift, shifted = (value & place.Mask) << place.Shift;
        if ((bits & known & mask) != (shifted & known))
            return false;
        _numbers[place.Field] = (bits | shifted, known | mask);
        return true;
    }

    public bool Add(EventField field, byte[] text) => !Texts.TryGetValue(field, out byte[]? known) ? Texts.TryAdd(field, text) : known.AsSpan().SequenceEqual(text);

    public bool IsKnown(EventField field) => Texts.ContainsKey(field) || Number(field) is not null;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _numbers.Clear();
        Texts.Clear();
        Symbols.Clear();
    }

    /// <summary>A field's value as its property has it; null when the message does not tell it.</summary>
    public object? ValueOf(EventField field)
    {
        if (Texts.TryGetValue(field, out byte[]? text))
            return Encoding.UTF8.GetString(text);
        if (Number(field) is not { } bits)
            return null;
        return Type.GetTypeCode(field.Type) switch
        {
            TypeCode.Boolean => bits != 0,
            TypeCode.SByte => (sbyte)bits,
            TypeCode.Byte => (byte)bits,
            TypeCode.Int16 => (short)bits,
            TypeCode.UInt16 => (ushort)bits,
            TypeCode.Int32 => (int)bits,
            TypeCode.UInt32 => (uint)bits,
            TypeCode.Int64 => (long)bits,
            TypeCode.UInt64 => bits,
            _ => null,
        };
    }

    /// <summary>A record with what is known in it, and zeros.</summary>
    public byte[] ToRecord(int size)
    {
        var record = new List<byte>(new byte[size]);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)], word = stackalloc byte[sizeof(uint)];
        foreach (EventField field in _numbers.Keys)
        {
            if (Number(field) is not { } bits)
                continue;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
            for (int i = 0; i < field.Size; i++)
                record[field.Offset + i] = bytes[i];
        }
        foreach ((EventField field, byte[] text) in Texts)
        {
            if (field.Kind == EventFieldKind.FixedString && field.Size > 0)
            {
                for (int i = 0; i < text.Length && i < field.Size; i++)
                    record[field.Offset + i] = text[i];
                continue;
            }
            uint start = (uint)record.Count - (field.IsRelative ? (uint)(field.Offset + field.Size) : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(word, start | (uint)(text.Length + 1) << 16);
            if (field.Size == sizeof(uint))
            {
                for (int i = 0; i < word.Length; i++)
                    record[field.Offset + i] = word[i];
            }
            record.AddRange(text);
            record.Add(0);
        }
        return [.. record];
    }

    private ulong? Number(EventField field)
    {
        (ulong bits, ulong known) = _numbers.GetValueOrDefault(field);
        ulong all = field.Size >= 8 ? ulong.MaxValue : (1UL << (field.Size * 8)) - 1;
        return known != 0 && (known & all) == all ? bits & all : null;
    }
}
