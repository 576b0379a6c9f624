namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeChecker
{
    private const int MostBits = 5, MostBuckets = 1000, MostIntervals = 1_000_000;

    public ScriptType CheckCount(CallExpression call) => new AggregateType(AggregateKind.Count, false);

    public ScriptType? CheckAggregate(CallExpression call, AggregateKind kind) =>
        NumberArgument(call, 0) is { } number ? new AggregateType(kind, number.IsSigned && !LiteralTypes.IsFlexible(number) || IsSignedLiteral(call.Arguments[0])) : null;

    // A histogram takes its numbers as signed ones, whatever they are: what a function returns is an unsigned number, and may be an error.
    public ScriptType? CheckHist(CallExpression call)
    {
        IntegerType? number = NumberArgument(call, 0);
        long? bits = call.Arguments.Count > 1 ? KnownNumber(call, 1, 0, MostBits) : 0;
        return number is null || bits is null ? null : new AggregateType(AggregateKind.Histogram, true) { Bits = (int)bits.Value };
    }

    public ScriptType? CheckLHist(CallExpression call)
    {
        IntegerType? number = NumberArgument(call, 0);
        if (KnownNumber(call, 1, long.MinValue, long.MaxValue) is not { } least || KnownNumber(call, 2, long.MinValue, long.MaxValue) is not { } most
            || KnownNumber(call, 3, 1, long.MaxValue) is not { } step || number is null)
            return null;
        if (least >= most)
            return Error(call, $"lhist() goes from a smaller number to a larger one, not from {least} to {most}");
        Int128 range = (Int128)most - least;
        if (range < step)
            return Error(call, $"the steps of lhist() are wider than its range: {step} in {range}");
        if (range / step > MostBuckets)
            return Error(call, $"lhist() would have {range / step} steps; it may have {MostBuckets}");
        return new AggregateType(AggregateKind.LinearHistogram, true) { Minimum = least, Maximum = most, Step = step };
    }

    public ScriptType? CheckTSeries(CallExpression call)
    {
        IntegerType? number = NumberArgument(call, 0);
        long? interval = KnownNumber(call, 1, 1, long.MaxValue), count = KnownNumber(call, 2, 1, MostIntervals);
        AggregateKind? each = null;
        if (call.Arguments.Count > 3)
        {
            each = KnownText(call, 3) switch
            {
                "avg" => AggregateKind.Average,
                "max" => AggregateKind.Maximum,
                "min" => AggregateKind.Minimum,
                "sum" => AggregateKind.Sum,
                _ => null,
            };
            if (each is null)
                return Error(call.Arguments[3], "tseries() adds up by avg, max, min or sum");
        }
        return number is null || interval is null || count is null ? null
            : new AggregateType(AggregateKind.TimeSeries, number.IsSigned) { Interval = interval.Value, Intervals = (int)count.Value, Each = each };
    }

    // sum(1) is of either sign until another call tells: alone it is signed.
    private static bool IsSignedLiteral(Expression argument) => argument.Type is { } type && LiteralTypes.IsFlexible(type);
}
