using System.Globalization;
using System.Numerics;

namespace PerfTrace.Events.Filtering;

/// <summary>A comparison of an integer of the kernel with a value of PowerShell's, as one of whole numbers.</summary>
/// <param name="Operator">How.</param>
/// <param name="Value">A number that the integer's type can hold.</param>
/// <param name="Outcome">What it is for every integer of the type; null: it depends on it.</param>
internal readonly record struct ComparedNumber(ComparisonOperator Operator, BigInteger Value, bool? Outcome)
{
    /// <summary>Null: the value is no number, and so can not be compared.</summary>
    public static ComparedNumber? Of(ComparisonOperator comparison, object? value, (BigInteger Least, BigInteger Most) range)
    {
        BigInteger floor = -1;
        // PowerShell has nothing between -1 and 0: each number from 0 is greater, each below is less, none is equal.
        bool isWhole = false;
        if (value is not null && !TryGetNumber(value, out floor, out isWhole))
            return null;
        // A fraction lies between two whole numbers: x < 1.5 is x <= 1, x > 1.5 is x >= 2.
        ComparisonOperator op = (comparison, isWhole) switch
        {
            (ComparisonOperator.Less, false) => ComparisonOperator.LessOrEqual,
            (ComparisonOperator.GreaterOrEqual, false) => ComparisonOperator.Greater,
            _ => comparison,
        };
        if (!isWhole && op is ComparisonOperator.Equal or ComparisonOperator.NotEqual)
            return new ComparedNumber(op, floor, op == ComparisonOperator.NotEqual);
        // The kernel refuses a number that the field's type can not hold, or cuts it; in PowerShell the comparison just has one outcome.
        bool? outcome = floor < range.Least || floor > range.Most ? Holds(op, floor < range.Least ? 1 : -1) : null;
        return new ComparedNumber(op, floor, outcome);
    }

    /// <summary>Whether a comparison holds, by the sign of (left - right).</summary>
    public static bool Holds(ComparisonOperator op, int order) => op switch
    {
        ComparisonOperator.Equal => order == 0,
        ComparisonOperator.NotEqual => order != 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        ComparisonOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>The largest whole number that is not above a value.</summary>
    public static bool TryGetNumber(object? value, out BigInteger floor, out bool isWhole)
    {
        isWhole = true;
        floor = default;
        switch (value)
        {
            case string text:
                if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out floor))
                    return true;
                if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hex))
                {
                    floor = hex;
                    return true;
                }
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double fromText) && Split(fromText, out floor, out isWhole);
            case bool b:
                floor = b ? 1 : 0;
                return true;
            case float or double:
                return Split(Convert.ToDouble(value, CultureInfo.InvariantCulture), out floor, out isWhole);
            case decimal d:
                floor = (BigInteger)Math.Floor(d);
                isWhole = d == Math.Floor(d);
                return true;
            case sbyte or byte or short or ushort or int or uint or long:
                floor = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return true;
            case ulong u:
                floor = u;
                return true;
            case nint n:
                floor = n;
                return true;
            case Enum e:
                floor = Convert.ToInt64(e, CultureInfo.InvariantCulture);
                return true;
            default:
                return false;
        }
    }

    private static bool Split(double number, out BigInteger floor, out bool isWhole)
    {
        isWhole = double.IsInteger(number);
        floor = double.IsFinite(number) ? (BigInteger)Math.Floor(number) : default;
        return double.IsFinite(number);
    }
}
