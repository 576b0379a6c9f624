using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Writes the values of a script as bpftrace writes them.</summary>
internal sealed class ValueText(ScriptNames names)
{
    /// <summary>A value's text.</summary>
    public string Of(ScriptType type, ReadOnlySpan<byte> bytes, long divisor = 0)
    {
        var text = new StringBuilder();
        Append(text, type, bytes, divisor);
        return text.ToString();
    }

    /// <summary>Writes a map's key as it stands between the brackets: the values of several keys without parentheses around them.</summary>
    public void AppendKey(StringBuilder text, ScriptType type, ReadOnlySpan<byte> bytes)
    {
        if (type is TupleType { Names: null } tuple)
            AppendElements(text, tuple, bytes, 0);
        else
            Append(text, type, bytes);
    }

    /// <summary>Writes a value.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Its bytes, as many as the type's size says or more.</param>
    /// <param name="divisor">Integers are divided by it; 0: not.</param>
    public void Append(StringBuilder text, ScriptType type, ReadOnlySpan<byte> bytes, long divisor = 0)
    {
        switch (type)
        {
            case IntegerType integer:
                AppendNumber(text, ScriptNumber.Divide(ScriptNumber.Read(integer, bytes), integer.IsSigned, divisor), integer.IsSigned);
                break;
            case BooleanType:
                text.Append(bytes[0] != 0 ? "true" : "false");
                break;
            case EnumType enumeration:
                AppendEnum(text, enumeration, bytes);
                break;
            case StringType { Capacity: var capacity }:
                text.Append(ValueReader.String(bytes[..capacity]));
                // A text that was read ends with a zero, if it was not longer than its room.
                if (capacity > 0 && !bytes[..capacity].Contains((byte)0))
                    text.Append(names.TruncationTrailer);
                break;
            case BufferType buffer:
                AppendBuffer(text, ValueReader.Buffer(buffer, bytes), BufferForm.Text);
                break;
            case PointerType:
                text.Append(CultureInfo.InvariantCulture, $"0x{BinaryPrimitives.ReadUInt64LittleEndian(bytes):x}");
                break;
            case TupleType { Names: null } tuple:
                text.Append('(');
                AppendElements(text, tuple, bytes, divisor);
                text.Append(')');
                break;
            case TupleType tuple:
                AppendNamed(text, tuple, bytes, divisor);
                break;
            case RecordType record:
                AppendRecord(text, record, bytes[..record.Size], divisor);
                break;
            case ArrayType array:
                AppendArray(text, array, bytes, divisor);
                break;
            case StackType stack:
                text.Append(names.Stack(stack, bytes));
                break;
            case ResolvedType resolved:
                text.Append(names.Resolve(resolved.Kind, bytes));
                break;
        }
    }

    /// <summary>The kernel's flags for allocations by their names.</summary>
    public string AllocationFlags(ulong flags) => names.AllocationFlags(flags);

    public static void AppendNumber(StringBuilder text, long value, bool isSigned)
    {
        if (isSigned)
            text.Append(CultureInfo.InvariantCulture, $"{value}");
        else
            text.Append(CultureInfo.InvariantCulture, $"{(ulong)value}");
    }

    /// <summary>Writes the bytes of a buffer.</summary>
    public static void AppendBuffer(StringBuilder text, ReadOnlySpan<byte> bytes, BufferForm form)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (form == BufferForm.Text && bytes[i] is >= 32 and <= 126)
                text.Append((char)bytes[i]);
            else if (form != BufferForm.Plain)
                text.Append(CultureInfo.InvariantCulture, $"\\x{bytes[i]:x2}");
            else
                text.Append(i > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{bytes[i]:x2}");
        }
    }

    // A number without a name is written without its sign, as bpftrace does.
    private static void AppendEnum(StringBuilder text, EnumType type, ReadOnlySpan<byte> bytes)
    {
        long value = ScriptNumber.Read(type.Underlying, bytes);
        if (type.Names.TryGetValue(value, out string? name))
            text.Append(name);
        else
            AppendNumber(text, ScriptNumber.Read(new IntegerType(type.Underlying.Bytes, false), bytes), isSigned: false);
    }

    private void AppendElements(StringBuilder text, TupleType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        for (int i = 0; i < type.Elements.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            Append(text, type.Elements[i], bytes[type.Offsets[i]..], divisor);
        }
    }

    private void AppendNamed(StringBuilder text, TupleType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        for (int i = 0; i < type.Elements.Count; i++)
        {
            text.Append(i == 0 ? "{ ." : ", .").Append(type.Names![i]).Append(" = ");
            Append(text, type.Elements[i], bytes[type.Offsets[i]..], divisor);
        }
        text.Append(type.Elements.Count == 0 ? "{}" : " }");
    }

    private void AppendRecord(StringBuilder text, RecordType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        Span<byte> scratch = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < type.Fields.Count; i++)
        {
            RecordField field = type.Fields[i];
            text.Append(i == 0 ? "{ ." : ", .").Append(field.Name).Append(" = ");
            if (field.Location == DataLocation.InPlace)
                Append(text, field.Type, ScriptNumber.FieldBytes(field, bytes, scratch), divisor);
            else
                text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32LittleEndian(bytes[field.Offset..])}");
        }
        text.Append(type.Fields.Count == 0 ? "{}" : " }");
    }

    private void AppendArray(StringBuilder text, ArrayType type, ReadOnlySpan<byte> bytes, long divisor)
    {
        text.Append('[');
        for (int i = 0; i < type.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            Append(text, type.Element, bytes[(i * type.Element.Size)..], divisor);
        }
        text.Append(']');
    }
}
