using System.Numerics;
using PerfTrace.Events.Printing;

namespace PerfTrace.Events.Matching;

/// <summary>Which bits of which field an argument shows.</summary>
/// <param name="Field">The field.</param>
/// <param name="Shift">The lowest bit of the field that is shown.</param>
/// <param name="Width">How many bits.</param>
internal readonly record struct FieldBits(EventField Field, int Shift, int Width)
{
    public ulong Mask => Width >= 64 ? ulong.MaxValue : (1UL << Width) - 1;

    /// <summary>The bits that an argument shows; null when it is more than one field, or something is done with it that can not be undone.</summary>
    public static FieldBits? Of(Expression expression)
    {
        switch (expression)
        {
            case FieldValue { Field.Kind: EventFieldKind.Integer or EventFieldKind.Pointer } value:
                return new FieldBits(value.Field, 0, value.Field.Size * 8);
            case Cast { Type: { Name: not "bool" } type } cast when (type.IsInteger || type.Kind == CTypeKind.Pointer) && Of(cast.Parts.First()) is { } inner:
                return inner with { Width = Math.Min(inner.Width, type.Size * 8) };
            case Binary { Symbol: ">>", Right: Constant { Bits: < 64 } by } shift when Of(shift.Left) is { } inner && (int)by.Bits < inner.Width:
                return inner with { Shift = inner.Shift + (int)by.Bits, Width = inner.Width - (int)by.Bits };
            case Binary { Symbol: "&", Right: { } right } masked when Of(masked.Left) is { } inner && LowMask(right) is { } bits:
                return inner with { Width = Math.Min(inner.Width, bits) };
            default:
                return null;
        }
    }

    // (1U << 20) - 1 as well as 0xfffff.
    private static int? LowMask(Expression expression)
    {
        if (expression.All.Any(static e => e is not (Constant or Binary or Cast or Unary)))
            return null;
        var context = new EvaluationContext([], PrintEnvironment.Empty, new ByteText(), 0);
        ulong mask = expression.Evaluate(ref context).Bits;
        return mask != 0 && (mask & (mask + 1)) == 0 ? BitOperations.PopCount(mask) : null;
    }
}
