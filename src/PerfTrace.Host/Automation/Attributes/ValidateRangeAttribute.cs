#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Globalization;

namespace System.Management.Automation;

/// <summary>Not below one value and not above another, both of the same comparable type.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateRangeAttribute : ValidateEnumeratedArgumentsAttribute
{
    public ValidateRangeAttribute(object minRange, object maxRange)
    {
        ArgumentNullException.ThrowIfNull(minRange);
        ArgumentNullException.ThrowIfNull(maxRange);
        MinRange = minRange;
        MaxRange = maxRange;
    }

    public object MinRange { get; }

    public object MaxRange { get; }

    protected override void ValidateElement(object element)
    {
        if (Compare(element, MinRange) < 0)
            throw new ValidationMetadataException($"The {element} argument is less than the minimum allowed range of {MinRange}. Supply an argument that is greater than or equal to {MinRange} and then try the command again.");
        if (Compare(element, MaxRange) > 0)
            throw new ValidationMetadataException($"The {element} argument is greater than the maximum allowed range of {MaxRange}. Supply an argument that is less than or equal to {MaxRange} and then try the command again.");
    }

    // Limits are written as int even where the parameter is a long or a double. Decimal holds all integers exactly.
    private static int Compare(object element, object limit)
    {
        object value = element is PSObject wrapped ? wrapped.BaseObject : element;
        if (value is double or float || limit is double or float)
            return Convert.ToDouble(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(limit, CultureInfo.InvariantCulture));
        if (value is IConvertible and not (string or DateTime or bool))
            return Convert.ToDecimal(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToDecimal(limit, CultureInfo.InvariantCulture));
        if (value is not IComparable comparable || value.GetType() != limit.GetType())
            throw new ValidationMetadataException($"The argument cannot be validated because its type \"{value?.GetType().Name}\" is not the same type ({limit.GetType().Name}) as the maximum and minimum limits of the parameter.");
        return comparable.CompareTo(limit);
    }
}
