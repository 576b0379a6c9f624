using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Makes .NET objects of the values of a script. Any bytes are a value of any type; there are as many as the type's size says, or more. Safe for several threads.</summary>
internal sealed class ValueReader(ScriptNames names)
{
    private readonly ValueText _text = new(names);
    private readonly ConcurrentDictionary<ScriptType, Func<object?[], object>> _records = new();

    /// <summary>The text of the same values.</summary>
    public ValueText Text => _text;

    /// <summary>The .NET type of a type's values.</summary>
    public static Type TypeOf(ScriptType type) => type switch
    {
        IntegerType integer => NumberType(integer),
        BooleanType => typeof(bool),
        EnumType enumeration => GeneratedClasses.Enum(enumeration),
        StringType => typeof(string),
        BufferType => typeof(byte[]),
        PointerType => typeof(BpfTracePointer),
        TupleType { Names: null } => typeof(BpfTraceTuple),
        TupleType or RecordType => RecordClass(type).Type,
        ArrayType array => TypeOf(array.Element).MakeArrayType(),
        StackType => typeof(BpfTraceStack),
        ResolvedType { Kind: ResolvedKind.KernelSymbol or ResolvedKind.UserSymbol } => typeof(BpfTraceSymbol),
        ResolvedType { Kind: ResolvedKind.Timestamp } => typeof(BpfTraceTime),
        ResolvedType { Kind: ResolvedKind.InternetAddress } => typeof(object), // an address, or an empty text where the family is none
        ResolvedType => typeof(string),
        _ => typeof(object),
    };

    /// <summary>The .NET type of an integer.</summary>
    public static Type NumberType(IntegerType type) => (type.Bytes, type.IsSigned) switch
    {
        (1, true) => typeof(sbyte),
        (1, false) => typeof(byte),
        (2, true) => typeof(short),
        (2, false) => typeof(ushort),
        (4, true) => typeof(int),
        (4, false) => typeof(uint),
        (_, true) => typeof(long),
        _ => typeof(ulong),
    };

    /// <summary>A number of an integer's width and sign.</summary>
    public static object Number(long value, IntegerType type) => unchecked((type.Bytes, type.IsSigned) switch
    {
        (1, true) => (sbyte)value,
        (1, false) => (byte)value,
        (2, true) => (short)value,
        (2, false) => (ushort)value,
        (4, true) => (int)value,
        (4, false) => (uint)value,
        (_, true) => value,
        _ => (object)(ulong)value,
    });

    /// <summary>The text of bytes through the first zero.</summary>
    public static string String(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>The bytes of a <see cref="BufferType"/>.</summary>
    public static ReadOnlySpan<byte> Buffer(BufferType type, ReadOnlySpan<byte> bytes) =>
        bytes.Slice(BufferType.LengthSize, (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes), (uint)type.Capacity));

    /// <summary>A value.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="divisor">Integers are divided by it; 0: not.</param>
    public object? Read(ScriptType type, ReadOnlySpan<byte> bytes, long divisor = 0) => type switch
    {
        IntegerType integer => Number(ScriptNumber.Divide(ScriptNumber.Read(integer, bytes), integer.IsSigned, divisor), integer),
        BooleanType => bytes[0] != 0,
        EnumType enumeration => Enum.ToObject(GeneratedClasses.Enum(enumeration), Number(ScriptNumber.Read(enumeration.Underlying, bytes), enumeration.Underlying)),
        StringType text => String(bytes[..text.Capacity]),
        BufferType buffer => Buffer(buffer, bytes).ToArray(),
        PointerType => new BpfTracePointer(BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        TupleType tuple => ReadTuple(tuple, bytes[..tuple.Size], divisor),
        RecordType record => ReadRecord(record, bytes[..record.Size], divisor),
        ArrayType array => ReadArray(array, bytes, divisor),
        StackType stack => names.Stack(stack, bytes),
        ResolvedType resolved => names.Resolve(resolved.Kind, bytes),
        _ => null,
    };

    private static (Type Type, Func<object?[], object> Create) RecordClass(ScriptType type)
    {
        (string? Name, Type)[] properties = type is TupleType { Names: { } tupleNames } tuple
            ? [.. tuple.Elements.Select((e, i) => (tupleNames[i], TypeOf(e)))]
            : [.. ((RecordType)type).Fields.Select(static f => (f.Name, FieldType(f)))];
        return GeneratedClasses.Class(type is RecordType record ? record.TypeName : "record", typeof(BpfTraceRecord), properties);
    }

    // What a tracepoint's dynamic field leads to is not in the record's bytes: the field tells where it was.
    private static Type FieldType(RecordField field) => field.Location == DataLocation.InPlace ? TypeOf(field.Type) : typeof(uint);

    private object ReadTuple(TupleType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        object?[] items = new object?[type.Elements.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = Read(type.Elements[i], bytes[type.Offsets[i]..], divisor);
        return type.Names is null ? new BpfTraceTuple(items, Describe(type, bytes, divisor)) : Record(type, items, bytes, divisor);
    }

    private object ReadRecord(RecordType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        object?[] values = new object?[type.Fields.Count];
        Span<byte> scratch = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < values.Length; i++)
        {
            RecordField field = type.Fields[i];
            values[i] = field.Location == DataLocation.InPlace
                ? Read(field.Type, ScriptNumber.FieldBytes(field, bytes, scratch), divisor)
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes[field.Offset..]);
        }
        return Record(type, values, bytes, divisor);
    }

    private object Record(ScriptType type, object?[] values, ReadOnlySpan<byte> bytes, long divisor)
    {
        var record = (BpfTraceRecord)_records.GetOrAdd(type, static t => RecordClass(t).Create)(values);
        record.Text = Describe(type, bytes, divisor);
        return record;
    }

    private Array ReadArray(ArrayType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        if (type.Element is IntegerType { Bytes: 1, IsSigned: false } && divisor is 0 or 1)
            return bytes[..type.Count].ToArray();
        var array = Array.CreateInstance(TypeOf(type.Element), type.Count);
        for (int i = 0; i < type.Count; i++)
            array.SetValue(Read(type.Element, bytes[(i * type.Element.Size)..], divisor), i);
        return array;
    }

    // The text of a part is seldom asked for.
    private Func<string> Describe(ScriptType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        byte[] copy = bytes.ToArray();
        return () => _text.Of(type, copy, divisor);
    }
}
