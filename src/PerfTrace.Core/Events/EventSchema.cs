using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfTrace.Events.Matching;
using PerfTrace.Events.Printing;

namespace PerfTrace.Events;

/// <summary>A tracepoint's format made into a .NET class: one property for each field, decoded when it is asked for.</summary>
public sealed class EventSchema
{
    // Names that differ from one of these in case alone can not be told apart by PowerShell, which refuses the whole class then.
    private static readonly HashSet<string> EnvelopeNames =
        new(typeof(TraceEventText).GetProperties().Select(static p => p.Name), StringComparer.OrdinalIgnoreCase);

    private readonly EventFactory _create;

    internal EventSchema(EventFormat format)
    {
        Format = format;
        FullName = format.FullName;
        PrintFormat = PrintFormat.Compile(format);
        FixedSize = EventTypeBuilder.FixedSizeOf(format);
        HasDynamicPart = format.Fields.Any(EventTypeBuilder.IsDynamic);
        Properties = DescribeProperties(format, PrintFormat);
        (Type, _create) = EventTypeBuilder.Build(this);
    }

    /// <summary>Makes an event of the class from the record that begins at <paramref name="source"/>.</summary>
    internal delegate TraceEvent EventFactory(ref readonly EventEnvelope envelope, ref readonly byte source, int length);

    public EventFormat Format { get; }

    /// <summary><c>sched:sched_switch</c>.</summary>
    public string FullName { get; }

    /// <summary>The class of this event's objects; it derives from <see cref="TraceEvent"/>.</summary>
    public Type Type { get; }

    /// <summary>The event's print format, interpreted.</summary>
    public PrintFormat PrintFormat { get; }

    /// <summary>
    /// The properties of the class beside those of <see cref="TraceEvent"/> and <see cref="TraceEventText"/>: the event's fields by the kernel's names, and after a field
    /// that the print format has names for its <c>_symbol</c>. A field whose name the envelope has (<c>cpu</c>) is <c>field_cpu</c>.
    /// </summary>
    public IReadOnlyList<EventProperty> Properties { get; }

    internal IReadOnlyList<SymbolicField> SymbolicFields => PrintFormat.SymbolicFields;

    /// <summary>Bytes that each record of this event has at least.</summary>
    internal int FixedSize { get; }

    internal bool HasDynamicPart { get; }

    /// <summary>Decodes a record. Bytes that it should have and has not are zero.</summary>
    /// <param name="envelope">What is known beside the record.</param>
    /// <param name="record">From the common fields on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TraceEvent Create(ref readonly EventEnvelope envelope, ReadOnlySpan<byte> record) =>
        _create(in envelope, ref MemoryMarshal.GetReference(record), record.Length);

    internal string Render(TraceEvent e) => PrintFormat.Render(e.GetRecord(), e.Origin.Environment);

    public override string ToString() => FullName;

    /// <summary>The property that shows a field.</summary>
    internal EventProperty? PropertyOf(string fieldName) => Properties.FirstOrDefault(p => p.SymbolIndex is null && p.Field.Name == fieldName);

    private static List<EventProperty> DescribeProperties(EventFormat format, PrintFormat print)
    {
        var used = new HashSet<string>(EnvelopeNames, StringComparer.OrdinalIgnoreCase);
        var properties = new List<EventProperty>();
        var symbols = print.SymbolicFields.Select(static (s, i) => (s.Name, Index: i)).ToDictionary(static s => s.Name, static s => s.Index, StringComparer.Ordinal);
        // Fields first: they keep their names when a symbol's would be the same.
        foreach (EventField field in format.Fields)
            properties.Add(new EventProperty(Unused(used, field.Name), field.Type, field));
        for (int i = properties.Count - 1; i >= 0; i--)
        {
            if (symbols.TryGetValue(properties[i].Field.Name, out int index))
                properties.Insert(i + 1, new EventProperty(Unused(used, properties[i].Name + "_symbol"), typeof(string), properties[i].Field, index));
        }
        return properties;
    }

    private static string Unused(HashSet<string> used, string name)
    {
        string candidate = name;
        for (int n = 1; !used.Add(candidate); n++)
            candidate = n == 1 ? $"field_{name}" : $"field{n}_{name}";
        return candidate;
    }
}
