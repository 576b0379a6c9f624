using System.Globalization;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Takes a number of bytes or a text such as <c>64KB</c>, <c>16MB</c>, <c>1GiB</c> where a parameter is a size.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SizeTransformationAttribute : ArgumentTransformationAttribute
{
    // As PowerShell's own literals have it: 1KB is 1024.
    private static readonly (string Suffix, double Factor)[] Units =
    [
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30),
        ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("b", 1),
    ];

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        double bytes = value switch
        {
            string text => Parse(text),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => Convert.ToDouble(value, CultureInfo.InvariantCulture),
            _ => throw new ArgumentTransformationMetadataException($"A size is a number of bytes or a text such as 64KB; not {value?.GetType().Name ?? "null"}."),
        };
        return bytes is >= 1 and < long.MaxValue
            ? (long)bytes
            : throw new ArgumentTransformationMetadataException($"The size {value} is out of range.");
    }

    private static double Parse(string text)
    {
        string number = text.Trim();
        double factor = 1;
        foreach ((string suffix, double unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = unit;
                break;
            }
        }
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value * factor
            : throw new ArgumentTransformationMetadataException($"'{text}' is not a size: write bytes (65536) or a number with a unit (64KB, 16MB).");
    }
}
