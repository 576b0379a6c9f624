using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>
/// A tracepoint's <c>print fmt</c>, ready to make of a record the text that the kernel makes of it in its <c>trace</c> file. Parsed
/// when it is first needed.
/// </summary>
public sealed class PrintFormat
{
    [ThreadStatic]
    private static ByteText? t_output, t_scratch;

    private readonly Lazy<EventText> _text;
    private readonly Lazy<IReadOnlyList<SymbolicField>> _symbolicFields;

    private PrintFormat(EventFormat format)
    {
        Format = format;
        _text = new Lazy<EventText>(() => EventText.Compile(format));
        _symbolicFields = new Lazy<IReadOnlyList<SymbolicField>>(() => SymbolicField.FindAll(this));
    }

    /// <summary>What it was made from.</summary>
    public EventFormat Format { get; }

    /// <summary>All of the format is interpreted: <see cref="Render"/> says what the kernel says.</summary>
    public bool IsComplete => Problem is null;

    /// <summary>The part that is not interpreted; null when all is. A question mark stands in its place in the text.</summary>
    public string? Problem => _text.Value.Problem;

    /// <summary>
    /// The kernel puts the event's name and a colon before this text. It does not before its system calls and its own events, whose
    /// text says what they are (<c>sys_openat(dfd: 0xffffff9c, ...)</c>).
    /// </summary>
    public bool HasNameBefore => _text.Value.HasNameBefore;

    /// <summary>
    /// An address in this text is the kernel's secret: with the option hash-ptr, which is on unless it was switched off for an
    /// instance, it prints a hash there. <see cref="Render"/> prints the address.
    /// </summary>
    public bool HasHashedAddress => _text.Value.Pieces?.Pieces.OfType<ConversionPiece>()
        .Any(static c => c.Conversion.Specifier == 'p' && PointerFormatter.MayBeHashed(c.Conversion.Pointer)) == true;

    /// <summary>The text says how long ago something was, at the moment of reading: it changes with time.</summary>
    public bool TellsAge => _text.Value.Pieces?.Expressions.SelectMany(static e => e.All).Any(static e => e is KernelVariable { Name: "jiffies" }) == true;

    /// <summary>The fields that have a name for their value.</summary>
    public IReadOnlyList<SymbolicField> SymbolicFields => _symbolicFields.Value;

    /// <summary>The format string, piece by piece, with its arguments; null when the text is not made from one.</summary>
    internal PieceList? Pieces => _text.Value.Pieces;

    internal int Locals => _text.Value.Locals;

    /// <summary>Never fails: what is not understood is told by <see cref="Problem"/>.</summary>
    public static PrintFormat Compile(EventFormat format) => new(format);

    /// <summary>The text that stands behind the event's name in the kernel's <c>trace</c> file, without the line feed at its end.</summary>
    /// <param name="record">The record from common_type on. It may be cut short or tell lies.</param>
    /// <param name="environment">What the kernel knows besides.</param>
    public string Render(ReadOnlySpan<byte> record, PrintEnvironment environment) => Encoding.UTF8.GetString(RenderBytes(record, environment));

    /// <summary>The same as bytes, as the kernel writes them; valid until the next call on this thread.</summary>
    internal ReadOnlySpan<byte> RenderBytes(ReadOnlySpan<byte> record, PrintEnvironment environment)
    {
        ByteText output = t_output ??= new ByteText(), scratch = t_scratch ??= new ByteText();
        output.Clear();
        scratch.Clear();
        EventText text = _text.Value;
        var context = new EvaluationContext(record, environment, scratch, text.Locals);
        text.Write(ref context, output);
        return output.Written;
    }
}
