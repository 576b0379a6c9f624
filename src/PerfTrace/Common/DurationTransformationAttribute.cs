using System.Globalization;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Takes a number of seconds, a text with a unit or a TimeSpan where a parameter is a duration.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>A duration of nothing is accepted (a delay, not an interval).</summary>
    public bool AllowZero { get; set; }

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        TimeSpan duration;
        try
        {
            duration = value switch
            {
                TimeSpan span => DurationText.FromSeconds(span.TotalSeconds),
                string text => DurationText.Parse(text),
                sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal
                    => DurationText.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
                _ => throw new FormatException($"A duration is a number of seconds, a text such as 250ms, or a TimeSpan; not {value?.GetType().Name ?? "null"}."),
            };
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
        return duration > TimeSpan.Zero || AllowZero
            ? duration
            : throw new ArgumentTransformationMetadataException("The duration must be longer than zero.");
    }
}
