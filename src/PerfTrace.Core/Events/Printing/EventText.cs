namespace PerfTrace.Events.Printing;

/// <summary>How the kernel prints a kind of event.</summary>
internal abstract class EventText
{
    public virtual PieceList? Pieces => null;

    public virtual int Locals => 0;

    public virtual string? Problem => null;

    public virtual bool HasNameBefore => true;

    public abstract void Write(ref EvaluationContext context, ByteText output);

    public static EventText Compile(EventFormat format)
    {
        if (format.System == "ftrace" && KernelOwnText.Find(format) is { } own)
            return own;
        if (format.System == "syscalls" && SystemCallText.Find(format) is { } call)
            return call;
        try
        {
            var parser = new PrintParser(format, format.PrintFormat);
            PieceList pieces = parser.ParseFormat();
            if (format.System == "synthetic")
                pieces = SyntheticText.Adapt(pieces);
            else if (ProbeText.IsProbe(format))
                pieces = ProbeText.Adapt(format, pieces);
            return new FormattedText(pieces, parser.Locals, format.System != "ftrace");
        }
        catch (PrintSyntaxException e)
        {
            return new FieldListText(format, e.Message);
        }
    }

    /// <summary>The ordinary case: the format string and its arguments.</summary>
    private sealed class FormattedText(PieceList pieces, int locals, bool hasNameBefore) : EventText
    {
        public override PieceList Pieces => pieces;

        public override int Locals => locals;

        public override bool HasNameBefore => hasNameBefore;

        public override string? Problem { get; } = pieces.Expressions.OfType<UnknownExpression>().FirstOrDefault()?.Problem;

        public override void Write(ref EvaluationContext context, ByteText output) => pieces.Write(ref context, output);
    }

    /// <summary>Nothing of the format is understood: the fields with their values.</summary>
    private sealed class FieldListText(EventFormat format, string problem) : EventText
    {
        public override string Problem => problem;

        public override void Write(ref EvaluationContext context, ByteText output)
        {
            foreach (EventField field in format.Fields)
            {
                if (output.Length > 0)
                    output.Add(' ');
                output.Add(field.Name);
                output.Add('=');
                if (field.Kind is EventFieldKind.FixedString)
                {
                    ReadOnlySpan<byte> text = context.From(EvaluationContext.InRecord(field.Offset), field.Size);
                    int end = text.IndexOf((byte)0);
                    output.Add(end < 0 ? text : text[..end]);
                }
                else if (field.Kind is EventFieldKind.DynamicString)
                {
                    output.Add(context.TextAt(new DynamicField(field, CType.Text, false).Evaluate(ref context)));
                }
                else
                {
                    output.Add("0x"u8);
                    output.AddHex(context.Load(EvaluationContext.InRecord(field.Offset), field.Size is 1 or 2 or 4 ? field.Size : 8));
                }
            }
        }
    }
}
