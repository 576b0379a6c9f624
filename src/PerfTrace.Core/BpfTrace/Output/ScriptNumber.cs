using System.Buffers.Binary;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The numbers in memory of a script's values, as 64 bits that are extended by their sign or by zeros.</summary>
internal static class ScriptNumber
{
    public static long Read(IntegerType type, ReadOnlySpan<byte> bytes) => type.Bytes switch
    {
        1 => type.IsSigned ? (sbyte)bytes[0] : bytes[0],
        2 => type.IsSigned ? BinaryPrimitives.ReadInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => type.IsSigned ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    /// <summary>The number of a type that is computed in a register, or of an aggregate; null: it is none.</summary>
    public static long? TryRead(ScriptType type, ReadOnlySpan<byte> bytes) => type switch
    {
        IntegerType integer => Read(integer, bytes),
        EnumType enumeration => Read(enumeration.Underlying, bytes),
        BooleanType => bytes[0] == 0 ? 0 : 1,
        PointerType => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => null,
    };

    public static bool IsSigned(ScriptType type) => type is IntegerType { IsSigned: true } or EnumType { Underlying.IsSigned: true };

    public static long Divide(long value, bool isSigned, long divisor) =>
        divisor is 0 or 1 ? value : isSigned ? (divisor == -1 ? unchecked(-value) : value / divisor) : (long)((ulong)value / (ulong)divisor);

    /// <summary>The bits of a bit field, or all of an integer where it is none.</summary>
    public static long ReadField(RecordField field, IntegerType type, ReadOnlySpan<byte> record) => field.BitSize == 0
        ? Read(type, record[field.Offset..])
        : BtfValue.ReadBits(record[field.Offset..], field.BitShift, field.BitSize, type.IsSigned);

    /// <summary>The bytes of a field as a value of its type alone has them.</summary>
    public static ReadOnlySpan<byte> FieldBytes(RecordField field, ReadOnlySpan<byte> record, Span<byte> scratch)
    {
        if (field.BitSize == 0)
            return record.Slice(field.Offset, field.Type.Size);
        IntegerType type = field.Type switch { IntegerType integer => integer, EnumType enumeration => enumeration.Underlying, _ => IntegerType.UInt64 };
        BinaryPrimitives.WriteInt64LittleEndian(scratch, ReadField(field, type, record));
        return scratch;
    }
}
