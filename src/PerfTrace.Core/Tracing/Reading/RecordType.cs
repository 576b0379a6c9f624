using System.Buffers.Binary;
using System.Text;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A kind of record: its format, what becomes of it, and where the fields are that are looked at here.</summary>
internal sealed class RecordType
{
    private readonly EventField?[] _fields;
    private readonly Lazy<EventSchema> _schema;

    private RecordType(EventFormat format, RecordKind kind, bool isWanted, params string[] fields)
    {
        Format = format;
        Kind = kind;
        IsWanted = isWanted;
        _fields = [.. fields.Select(name => format.Fields.FirstOrDefault(f => f.Name == name))];
        _schema = new Lazy<EventSchema>(() => EventSchemas.For(format));
        BaseSize = format.CommonFields.Concat(format.Fields).Select(static f => f.Offset + f.Size).DefaultIfEmpty(8).Max();
    }

    public EventFormat Format { get; }

    public RecordKind Kind { get; }

    public bool IsWanted { get; }

    /// <summary>The event's class; made when it is first needed.</summary>
    public EventSchema Schema => _schema.Value;

    /// <summary>Bytes of the fields that each such record has.</summary>
    public int BaseSize { get; }

    public static RecordType Of(EventFormat format, Func<EventFormat, bool>? isWanted)
    {
        bool wanted = isWanted is null || isWanted(format);
        return (format.System, format.Name) switch
        {
            ("ftrace", "function") => new RecordType(format, RecordKind.Function, wanted, "ip", "parent_ip", "args"),
            ("ftrace", "funcgraph_entry" or "fgraph_retaddr_entry") => new RecordType(format, RecordKind.GraphEntry, wanted, "func", "depth", "retaddr", "args"),
            ("ftrace", "funcgraph_exit") => new RecordType(format, RecordKind.GraphExit, wanted, "func", "depth", "calltime", "rettime", "retval"),
            ("ftrace", "print") => new RecordType(format, RecordKind.Marker, wanted, "ip", "buf"),
            ("ftrace", "bprint" or "bputs") => new RecordType(format, RecordKind.Marker, wanted, "ip"),
            ("ftrace", "kernel_stack") => new RecordType(format, RecordKind.KernelStack, wanted, "size", "caller"),
            ("ftrace", "user_stack") => new RecordType(format, RecordKind.UserStack, wanted, "tgid", "caller"),
            ("bpf_trace", "bpf_trace_printk") => new RecordType(format, RecordKind.BpfPrintk, wanted, "bpf_string"),
            _ => new RecordType(format, RecordKind.Event, wanted),
        };
    }

    public bool Has(int index) => _fields[index] is not null;

    /// <summary>An integer field, of those that were named; 0 where the record has none.</summary>
    public ulong Number(ReadOnlySpan<byte> record, int index)
    {
        if (_fields[index] is not { } field || field.Offset + field.Size > record.Length)
            return 0;
        ReadOnlySpan<byte> at = record[field.Offset..];
        return field.Size switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(at),
            4 => field.IsSigned ? (ulong)BinaryPrimitives.ReadInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(at),
            1 => at[0],
            _ => 0,
        };
    }

    /// <summary>The words from a field to the record's end; null where the record has none.</summary>
    public ulong[]? Words(ReadOnlySpan<byte> record, int index)
    {
        int offset = OffsetOf(index);
        if (offset > record.Length - sizeof(ulong))
            return null;
        var words = new ulong[(record.Length - offset) / sizeof(ulong)];
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(record[(offset + (i * sizeof(ulong)))..]);
        return words;
    }

    public int OffsetOf(int index) => _fields[index]?.Offset ?? int.MaxValue;

    /// <summary>The text of a field that reaches to the record's end, or lies elsewhere in the record.</summary>
    public string Text(ReadOnlySpan<byte> record, int index)
    {
        if (_fields[index] is not { } field)
            return "";
        int start = field.Offset, end = record.Length;
        if (field.Kind == EventFieldKind.DynamicString)
        {
            uint word = (uint)Number(record, index);
            start = (int)(word & 0xffff) + (field.IsRelative ? field.Offset + field.Size : 0);
            end = Math.Min(end, start + (int)(word >> 16));
        }
        if (start >= end)
            return "";
        ReadOnlySpan<byte> bytes = record[start..end];
        int zero = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(zero < 0 ? bytes : bytes[..zero]);
    }
}
