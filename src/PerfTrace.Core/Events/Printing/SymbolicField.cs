using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>
/// A field whose value the print format gives a name: by <c>__print_symbolic</c> (one of several values) or <c>__print_flags</c>
/// (bits), with whatever the format does around them.
/// </summary>
public sealed class SymbolicField
{
    private readonly PieceList _pieces;
    private readonly int _locals;

    private SymbolicField(EventField field, PieceList pieces, int locals)
    {
        Field = field;
        _pieces = pieces;
        _locals = locals;
    }

    public EventField Field { get; }

    public string Name => Field.Name;

    /// <summary>The pieces of the format that print it, one behind the other.</summary>
    internal IReadOnlyList<PrintPiece> Pieces => _pieces.Pieces;

    /// <summary>The names that the value can have, with the value or bits of each.</summary>
    public IReadOnlyList<(ulong Value, string Name)> Names =>
        [.. Tables(_pieces.Expressions).SelectMany(static t => t.Entries)];

    /// <summary>The name as the event's text has it: <c>S</c>, <c>R+</c>, <c>READ|WRITE</c>; a number when none fits.</summary>
    public string Evaluate(ReadOnlySpan<byte> record, PrintEnvironment environment)
    {
        var output = new ByteText();
        var context = new EvaluationContext(record, environment, new ByteText(), _locals);
        _pieces.Write(ref context, output);
        return Encoding.UTF8.GetString(output.Written);
    }

    internal static IReadOnlyList<SymbolicField> FindAll(PrintFormat format)
    {
        // Most have none, and need not be parsed to know it.
        if (!format.Format.PrintFormat.Contains("__print_", StringComparison.Ordinal) || format.Pieces is not { } all)
            return [];
        var found = new Dictionary<string, SymbolicField>(StringComparer.Ordinal);
        IReadOnlyList<PrintPiece> pieces = all.Pieces;
        for (int i = 0; i < pieces.Count; i++)
        {
            if (pieces[i] is not ConversionPiece piece || OnlyField(piece) is not { } field || !Tables([piece.Argument]).Any() || found.ContainsKey(field.Name))
                continue;
            var joined = new List<PrintPiece> { piece };
            // sched_switch: "prev_state=%s%s", the second of which says whether the task was preempted.
            while (i + 1 < pieces.Count && pieces[i + 1] is ConversionPiece next && OnlyField(next)?.Name == field.Name)
            {
                joined.Add(next);
                i++;
            }
            found.Add(field.Name, new SymbolicField(field, new PieceList(joined), format.Locals));
        }
        return [.. found.Values];
    }

    private static EventField? OnlyField(ConversionPiece piece)
    {
        if (piece.Conversion.Specifier != 's' || piece.Width is not null || piece.Precision is not null || piece.Argument is UnknownExpression)
            return null;
        EventField? only = null;
        foreach (Expression part in piece.Argument.All)
        {
            EventField? field = part switch { FieldValue f => f.Field, FieldAddress f => f.Field, DynamicField f => f.Field, _ => null };
            if (field is null)
                continue;
            if (only is not null && only.Name != field.Name)
                return null;
            only = field;
        }
        return only;
    }

    private static IEnumerable<NamedValues> Tables(IEnumerable<Expression> expressions) =>
        expressions.SelectMany(static e => e.All)
            .Select(static e => e is PrintFlags flags ? flags.Table : (e as PrintSymbolic)?.Table).OfType<NamedValues>();
}
