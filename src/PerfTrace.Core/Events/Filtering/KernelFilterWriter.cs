using System.Globalization;
using System.Numerics;

namespace PerfTrace.Events.Filtering;

/// <summary>Writes conditions in the kernel's filter language, keeping PowerShell's meaning of each comparison.</summary>
internal sealed class KernelFilterWriter(EventSchema schema)
{
    /// <summary>MAX_FILTER_STR_VAL of kernel/trace/trace.h, with its terminating zero.</summary>
    private const int LongestPattern = 255;

    private readonly record struct Operand(string Name, Type Type);

    public FilterTerm Write(EventPredicate predicate) => predicate switch
    {
        EventPredicate.Constant constant => FilterTerm.Of(constant.Value),
        EventPredicate.All all => Join(all.Parts, isAnd: true),
        EventPredicate.Any any => Join(any.Parts, isAnd: false),
        EventPredicate.Not not => Write(not.Part).Negate(),
        EventPredicate.Compare compare => Write(compare),
        EventPredicate.Truth truth => Write(truth),
        EventPredicate.Like like => Write(like),
        EventPredicate.Bits bits => Write(bits),
        EventPredicate.Inexpressible problem => FilterTerm.Inexpressible(problem.Source, problem.Reason),
        _ => throw new InvalidOperationException(predicate.GetType().Name),
    };

    private FilterTerm Join(IReadOnlyList<EventPredicate> parts, bool isAnd)
    {
        int level = isAnd ? FilterTerm.AndLevel : FilterTerm.OrLevel;
        var operands = new List<string>();
        FilterTerm? problem = null, single = null;
        foreach (EventPredicate part in parts)
        {
            FilterTerm term = Write(part);
            if (term.Value == !isAnd)
                return FilterTerm.Of(!isAnd); // false && …, true || …
            if (term.Value is not null)
                continue;
            if (term.Problem is not null)
            {
                problem ??= term;
                continue;
            }
            single = term;
            operands.Add(term.AsOperand(level));
        }
        return problem ?? (operands.Count switch
        {
            0 => FilterTerm.Of(isAnd),
            1 => single!.Value,
            _ => new FilterTerm(string.Join(isAnd ? " && " : " || ", operands), level, null, null),
        });
    }

    private FilterTerm Write(EventPredicate.Compare compare)
    {
        if (string.Equals(compare.Property, nameof(TraceEvent.EventName), StringComparison.OrdinalIgnoreCase))
            return FilterTerm.Of(ComparedNumber.Holds(compare.Operator, string.Compare(schema.FullName, Convert.ToString(compare.Value, CultureInfo.InvariantCulture), compare.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)));
        if (Find(compare.Property, compare.Source, out Operand operand) is { } problem)
            return problem;
        if (operand.Type == typeof(string))
            return CompareText(operand, compare);
        return operand.Type == typeof(bool) ? CompareTruth(operand, compare) : CompareNumber(operand, compare);
    }

    private static FilterTerm CompareText(Operand operand, EventPredicate.Compare compare)
    {
        if (compare.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            return FilterTerm.Inexpressible(compare.Source, "the kernel compares strings for equality alone");
        string text = Convert.ToString(compare.Value, CultureInfo.InvariantCulture) ?? "";
        FilterTerm equal = compare.IsCaseSensitive || !text.Any(HasTwoCases)
            ? Quote(text) is { } quoted ? FilterTerm.Atom($"{operand.Name} == {quoted}") : NoQuote(compare.Source)
            : Glob(operand, GlobPattern.OfLiteral(text), compare.Source);
        return compare.Operator == ComparisonOperator.Equal ? equal : equal.Negate();
    }

    private static FilterTerm CompareTruth(Operand operand, EventPredicate.Compare compare)
    {
        if (compare.Operator is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
            return FilterTerm.Inexpressible(compare.Source, "a truth value has no order");
        // PowerShell converts the right side to the type of the left.
        bool value = compare.Value switch
        {
            bool b => b,
            string s => s.Length > 0,
            null => false,
            var number => Convert.ToDouble(number, CultureInfo.InvariantCulture) != 0,
        };
        return FilterTerm.Atom($"{operand.Name} {(value == (compare.Operator == ComparisonOperator.Equal) ? "!=" : "==")} 0");
    }

    private static FilterTerm CompareNumber(Operand operand, EventPredicate.Compare compare)
    {
        if (ComparedNumber.Of(compare.Operator, compare.Value, RangeOf(operand.Type)) is not { } number)
            return FilterTerm.Inexpressible(compare.Source, $"'{compare.Value}' is no number");
        if (number.Outcome is { } outcome)
            return FilterTerm.Of(outcome);
        return FilterTerm.Atom($"{operand.Name} {Symbol(number.Operator)} {number.Value.ToString(CultureInfo.InvariantCulture)}");
    }

    private FilterTerm Write(EventPredicate.Truth truth)
    {
        if (Find(truth.Property, truth.Source, out Operand operand) is { } problem)
            return problem;
        return FilterTerm.Atom(operand.Type == typeof(string) ? $"{operand.Name} != \"\"" : $"{operand.Name} != 0");
    }

    private FilterTerm Write(EventPredicate.Like like)
    {
        GlobPattern pattern = GlobPattern.OfWildcard(like.Pattern, like.IsCaseSensitive);
        if (string.Equals(like.Property, nameof(TraceEvent.EventName), StringComparison.OrdinalIgnoreCase))
            return FilterTerm.Of(GlobPattern.OfWildcard(like.Pattern, like.IsCaseSensitive).IsMatch(schema.FullName));
        if (Find(like.Property, like.Source, out Operand operand) is { } problem)
            return problem;
        return operand.Type == typeof(string)
            ? Glob(operand, pattern, like.Source)
            : FilterTerm.Inexpressible(like.Source, $"{like.Property} is a number; the kernel matches patterns on strings alone");
    }

    private static FilterTerm Glob(Operand operand, GlobPattern pattern, string source)
    {
        if (pattern.Text is not { } text)
            return FilterTerm.Inexpressible(source, pattern.Problem!);
        if (text.Length > LongestPattern)
            return FilterTerm.Inexpressible(source, $"in the kernel's words the pattern has {text.Length} characters, and it takes {LongestPattern}");
        return Quote(text) is { } quoted ? FilterTerm.Atom($"{operand.Name} ~ {quoted}") : NoQuote(source);
    }

    private FilterTerm Write(EventPredicate.Bits bits)
    {
        if (Find(bits.Property, bits.Source, out Operand operand) is { } problem)
            return problem;
        if (operand.Type == typeof(string))
            return FilterTerm.Inexpressible(bits.Source, $"{bits.Property} is no number");
        if (bits.Value is not { } value)
            return bits.Mask == 0 ? FilterTerm.Of(false) : FilterTerm.Atom($"{operand.Name} & {bits.Mask}");
        if ((value & ~bits.Mask) != 0)
            return FilterTerm.Of(false);
        // "x & mask" asks for any bit: which ones have to be set and which not is said one by one.
        var terms = new List<string>();
        ulong clear = bits.Mask & ~value;
        for (ulong rest = value; rest != 0; rest &= rest - 1)
            terms.Add(string.Create(CultureInfo.InvariantCulture, $"{operand.Name} & {rest & (~rest + 1)}"));
        if (clear != 0)
            terms.Add(string.Create(CultureInfo.InvariantCulture, $"!({operand.Name} & {clear})"));
        return terms.Count switch
        {
            0 => FilterTerm.Of(true),
            1 => FilterTerm.Atom(terms[0]),
            _ => new FilterTerm(string.Join(" && ", terms), FilterTerm.AndLevel, null, null),
        };
    }

    private FilterTerm? Find(string property, string source, out Operand operand)
    {
        operand = default;
        switch (property.ToLowerInvariant())
        {
            // COMM and CPU in capitals are the generic fields, whatever fields of such a name the event has (trace_define_generic_fields).
            case "commandname":
                operand = new Operand("COMM", typeof(string));
                return null;
            case "cpu":
                operand = new Operand("CPU", typeof(int));
                return null;
            case "threadid":
                operand = new Operand("common_pid", typeof(int));
                return null;
            case "processid":
                return FilterTerm.Inexpressible(source, "filters know threads, not processes: use -ProcessId, or ThreadId");
        }
        EventProperty? found = schema.Properties.FirstOrDefault(p => string.Equals(p.Name, property, StringComparison.OrdinalIgnoreCase));
        if (found is null && schema.Format.CommonFields.FirstOrDefault(f => f.Name == property) is { } common)
            found = new EventProperty(common.Name, common.Type, common);
        if (found is null)
        {
            return FilterTerm.Inexpressible(source, typeof(TraceEvent).GetProperties().Any(p => string.Equals(p.Name, property, StringComparison.OrdinalIgnoreCase))
                ? $"{property} is not a field of the kernel's"
                : $"{schema.FullName} has no field {property}; it has {string.Join(", ", schema.Properties.Where(static p => p.SymbolIndex is null).Select(static p => p.Name))}");
        }
        if (found.SymbolIndex is not null)
            return FilterTerm.Inexpressible(source, $"{property} is made of {found.Field.Name} afterwards; compare that");
        if (found.Type.IsArray)
            return FilterTerm.Inexpressible(source, $"{property} is an array, which the kernel's filters can not look into");
        operand = new Operand(found.Field.Name, found.Type);
        return null;
    }

    private static (BigInteger Least, BigInteger Most) RangeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => (long.MinValue, long.MaxValue),
        _ => (ulong.MinValue, ulong.MaxValue),
    };

    private static string Symbol(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Equal => "==",
        ComparisonOperator.NotEqual => "!=",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    internal static bool HasTwoCases(char c) => char.ToUpperInvariant(c) != char.ToLowerInvariant(c);

    // The kernel knows no escape inside of quotes, but two kinds of them.
    private static string? Quote(string text) =>
        text.AsSpan().IndexOfAny('\n', '\0') >= 0 ? null
        : !text.Contains('"') ? $"\"{text}\""
        : !text.Contains('\'') ? $"'{text}'"
        : null;

    private static FilterTerm NoQuote(string source) =>
        FilterTerm.Inexpressible(source, "the kernel's filters can not quote a text with both kinds of quotes, or with a line break, in it");
}
