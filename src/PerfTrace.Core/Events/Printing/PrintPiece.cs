using System.Text;

namespace PerfTrace.Events.Printing;

/// <summary>A part of a format string.</summary>
internal abstract record PrintPiece
{
    public abstract void Write(ref EvaluationContext context, ByteText output);
}

/// <summary>Text that is printed as it is.</summary>
internal sealed record LiteralPiece(string Text) : PrintPiece
{
    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(Text);

    public override void Write(ref EvaluationContext context, ByteText output) => output.Add(Bytes);
}

/// <summary>A conversion and its arguments.</summary>
/// <param name="Conversion">How it is printed.</param>
/// <param name="Width">The argument that a <c>*</c> takes.</param>
/// <param name="Precision">The argument that <c>.*</c> takes.</param>
/// <param name="Argument">What is printed.</param>
internal sealed record ConversionPiece(Conversion Conversion, Expression? Width, Expression? Precision, Expression Argument) : PrintPiece
{
    public override void Write(ref EvaluationContext context, ByteText output)
    {
        Conversion conversion = Conversion;
        if (Width is not null)
        {
            int width = (int)Width.Evaluate(ref context).Bits;
            if (width < 0)
                conversion = conversion with { Flags = conversion.Flags | ConversionFlags.Left };
            conversion = conversion with { Width = (int)Math.Min(Math.Abs((long)width), short.MaxValue) };
        }
        if (Precision is not null)
            conversion = conversion with { Precision = Math.Clamp((int)Precision.Evaluate(ref context).Bits, 0, short.MaxValue) };
        if (Argument is UnknownExpression)
            output.Add('?');
        else
            KernelFormatter.Write(ref context, conversion, Argument.Evaluate(ref context), output);
    }
}

/// <summary>A format string with its arguments.</summary>
internal sealed class PieceList(IReadOnlyList<PrintPiece> pieces)
{
    private readonly PrintPiece[] _pieces = [.. pieces];

    public IReadOnlyList<PrintPiece> Pieces => _pieces;

    public IEnumerable<Expression> Expressions =>
        _pieces.OfType<ConversionPiece>().SelectMany(static c => new[] { c.Width, c.Precision, c.Argument }).OfType<Expression>();

    public void Write(ref EvaluationContext context, ByteText output)
    {
        foreach (PrintPiece piece in _pieces)
            piece.Write(ref context, output);
    }
}
