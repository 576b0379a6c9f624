using System.ComponentModel;

namespace PerfTrace.Events.Matching;

/// <summary>
/// An event that was read from the kernel's text. The class of each has the same properties as the event's other class, but they are null where the text
/// does not tell the value; <see cref="TraceEvent.Message"/> is the kernel's text.
/// </summary>
public abstract class TraceEventText : TraceEvent
{
    private readonly object?[] _values;

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TraceEventText(ref readonly EventEnvelope envelope, string message, object?[] values)
        : base(in envelope)
    {
        Message = message;
        _values = values;
    }

    public sealed override string Message { get; }

    /// <summary>The fields whose values the text does not tell, by the kernel's names.</summary>
    public IReadOnlyList<string> UnknownFields =>
        (string[])[.. EventSchema.Properties.Where((p, i) => p.SymbolIndex is null && _values[i] is null).Select(static p => p.Field.Name)];

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected sealed override ReadOnlySpan<byte> FixedPart => [];

    /// <summary>The value of a property, by its place among <see cref="EventSchema.Properties"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected object? Value(int index) => _values[index];
}
