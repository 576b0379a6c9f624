using System.Globalization;
using System.Text;
using PerfTrace.Events.Printing;

namespace PerfTrace.Events.Matching;

/// <summary>
/// Reads an event's text back: which fields' values it tells. A value is told only if there is one way alone to make the text of the
/// print format, as far as that field is concerned, and printing it gives the same text again.
/// </summary>
/// <remarks>
/// All ways are followed at once: the places that each part of the format can reach from the left, and those from which the rest can reach the end. A
/// part whose both ends are in one place each is what its argument was printed as.
/// </remarks>
internal sealed class MessageMatcher
{
    private const int LongestMessage = 1 << 16;

    private readonly EventSchema _schema;
    private readonly MatchStep[] _steps;

    private MessageMatcher(EventSchema schema, MatchStep[] steps)
    {
        _schema = schema;
        _steps = steps;
    }

    /// <summary>The matcher of an event; null when its text is not made of a format that is understood.</summary>
    public static MessageMatcher? Create(EventSchema schema)
    {
        EventFormat format = schema.Format;
        MatchStep[]? steps = format.System == "syscalls" ? SystemCallSteps(format)
            : schema.PrintFormat.Pieces is { } pieces ? [.. pieces.Pieces.Select(StepOf)]
            : null;
        return steps is null ? null : new MessageMatcher(schema, steps);
    }

    /// <summary>What a message tells; null when it is not a message of this event.</summary>
    public RecoveredFields? Match(ReadOnlySpan<byte> message, PrintEnvironment environment)
    {
        if (message.Length > LongestMessage)
            return null;
        int places = message.Length + 1;
        bool[][] reached = new bool[_steps.Length + 1][];
        for (int i = 0; i <= _steps.Length; i++)
            reached[i] = new bool[places];
        reached[0][0] = true;
        for (int i = 0; i < _steps.Length; i++)
            _steps[i].Forward(message, reached[i], reached[i + 1]);
        if (!reached[^1][^1])
            return null;
        // From the end: those places alone stay that lead there.
        bool[] ends = new bool[places];
        ends[^1] = true;
        reached[^1] = ends;
        for (int i = _steps.Length - 1; i >= 0; i--)
        {
            bool[] starts = new bool[places];
            _steps[i].Backward(message, reached[i + 1], starts, reached[i]);
            reached[i] = starts;
        }
        int[] only = [.. reached.Select(OnlyPlace)];
        var fields = new RecoveredFields();
        for (int i = 0; i < _steps.Length; i++)
        {
            if (only[i] >= 0 && only[i + 1] >= 0 && !Recover(_steps[i], message[only[i]..only[i + 1]], fields))
                return null;
        }
        if (!IsConfirmed(message, only, fields, environment))
            fields.Clear();
        RecoverSymbols(message, only, fields);
        return fields;
    }

    private static MatchStep StepOf(PrintPiece piece) => piece switch
    {
        LiteralPiece literal => new LiteralStep(literal.Bytes),
        ConversionPiece { Conversion: { Specifier: '%' } } => new LiteralStep("%"u8.ToArray()),
        ConversionPiece { Width: null, Precision: null, Conversion: { Specifier: 'd' or 'u' or 'x' or 'X' or 'o' } conversion } => new NumberStep(conversion) { Piece = piece },
        _ => new TextStep { Piece = piece },
    };

    private static MatchStep[]? SystemCallSteps(EventFormat format)
    {
        const string enter = "sys_enter_", exit = "sys_exit_";
        bool isPrefixed = PrintEnvironment.Current.KernelVersion >= new Version(6, 18);
        var steps = new List<MatchStep>();
        void Literal(string text) => steps.Add(new LiteralStep(Encoding.UTF8.GetBytes(text)));
        if (format.Name.StartsWith(exit, StringComparison.Ordinal) && format.Fields.FirstOrDefault(static f => f.Name == "ret") is { } result)
        {
            Literal($"sys_{format.Name[exit.Length..]} -> ");
            steps.Add(new SystemCallNumberStep(result, true));
            return [.. steps];
        }
        // What pointers point to (Linux 6.19) makes the text one of its own.
        if (!format.Name.StartsWith(enter, StringComparison.Ordinal) || format.Fields.Any(static f => f.TypeName.StartsWith("__data_loc", StringComparison.Ordinal)))
            return null;
        Literal($"sys_{format.Name[enter.Length..]}(");
        bool isFirst = true;
        foreach (EventField field in format.Fields.Skip(1))
        {
            Literal($"{(isFirst ? "" : ", ")}{field.Name}: ");
            steps.Add(new SystemCallNumberStep(field, isPrefixed));
            isFirst = false;
        }
        Literal(")");
        return [.. steps];
    }

    private static int OnlyPlace(bool[] places)
    {
        int first = Array.IndexOf(places, true);
        return first >= 0 && Array.IndexOf(places, true, first + 1) < 0 ? first : -1;
    }

    // False: it contradicts what another part has told.
    private static bool Recover(MatchStep step, ReadOnlySpan<byte> text, RecoveredFields fields)
    {
        if (step is SystemCallNumberStep call)
            return call.Parse(text) is not { } argument || fields.Add(new FieldBits(call.Field, 0, call.Field.Size * 8), argument);
        if (step.Piece is not ConversionPiece piece)
            return true;
        if (step is NumberStep number)
        {
            return number.Parse(text) is not { } value || FieldBits.Of(piece.Argument) is not { } bits
                || fields.Add(bits with { Width = Math.Min(bits.Width, piece.Conversion.Size * 8) }, value);
        }
        if (piece.Conversion.Specifier != 's' || piece.Width is not null || piece.Precision is not null || piece.Conversion.Precision >= 0)
            return true;
        return piece.Argument switch
        {
            Conditional choice => NamedNumbers.Value(choice, text) is not { } told || fields.Add(told.Place, told.Value),
            PrintSymbolic symbolic when FieldBits.Of(symbolic.Operand) is { } bits && Unpadded(piece.Conversion, text) is { } name =>
                NamedNumbers.Value(symbolic, name) is not { } value || fields.Add(bits, value),
            PrintFlags flags when FieldBits.Of(flags.Operand) is { } bits && Unpadded(piece.Conversion, text) is { } names =>
                NamedNumbers.Value(flags, names) is not { } value || fields.Add(bits, value),
            FieldValue { Field: { Kind: EventFieldKind.FixedString, Size: > 0 } field } when text.Length <= field.Size && Unpadded(piece.Conversion, text) is { } own =>
                fields.Add(field, own),
            DynamicField { IsLength: false, Field: { Kind: EventFieldKind.DynamicString } field } when Unpadded(piece.Conversion, text) is { } own => fields.Add(field, own),
            _ => true,
        };
    }

    // Blanks at the side where the conversion puts them may be the string's own; then nobody can tell.
    private static byte[]? Unpadded(in Conversion conversion, ReadOnlySpan<byte> text)
    {
        if (conversion.Width <= 0 || text.Length > conversion.Width)
            return text.ToArray();
        bool isLeft = conversion.Has(ConversionFlags.Left);
        bool isPadded = text.Length > 0 && (isLeft ? text[^1] : text[0]) == ' ';
        return isPadded || text.Length < conversion.Width ? null : text.ToArray();
    }

    // Each part whose fields are all known is printed again.
    private bool IsConfirmed(ReadOnlySpan<byte> message, int[] only, RecoveredFields fields, PrintEnvironment environment)
    {
        byte[] record = fields.ToRecord(_schema.FixedSize);
        for (int i = 0; i < _steps.Length; i++)
        {
            if (only[i] < 0 || only[i + 1] < 0 || _steps[i].Piece is not ConversionPiece piece || !FieldsOf(piece).All(fields.IsKnown)
                || piece.Argument.All.Any(static e => e is KernelVariable or UnknownExpression) || piece.Conversion.Specifier == 'p')
            {
                continue;
            }
            var output = new ByteText();
            var context = new EvaluationContext(record, environment, new ByteText(), _schema.PrintFormat.Locals);
            piece.Write(ref context, output);
            if (!output.Written.SequenceEqual(message[only[i]..only[i + 1]]))
                return false;
        }
        return true;
    }

    private void RecoverSymbols(ReadOnlySpan<byte> message, int[] only, RecoveredFields fields)
    {
        foreach (SymbolicField symbolic in _schema.SymbolicFields)
        {
            int first = Array.FindIndex(_steps, s => ReferenceEquals(s.Piece, symbolic.Pieces[0]));
            if (first < 0)
                continue;
            int start = only[first], end = only[first + symbolic.Pieces.Count];
            if (start >= 0 && end >= 0)
                fields.Symbols[symbolic.Field] = Encoding.UTF8.GetString(message[start..end]);
        }
    }

    private static IEnumerable<EventField> FieldsOf(ConversionPiece piece) =>
        new[] { piece.Width, piece.Precision, piece.Argument }.OfType<Expression>().SelectMany(static e => e.All)
            .Select(static e => e switch { FieldValue f => f.Field, FieldAddress f => f.Field, DynamicField f => f.Field, Bitmask b => b.Field, _ => null }).OfType<EventField>();
}
