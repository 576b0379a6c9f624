using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Takes a size (<c>100MB</c>, or a number of bytes) or a duration (<c>30s</c>, or a TimeSpan) where a parameter says when another file begins.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class OutputSwitchTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is OutputSwitch made)
            return made;
        if (value is TimeSpan || (value is string text && IsDuration(text)))
            return new OutputSwitch(null, (TimeSpan)new DurationTransformationAttribute().Transform(engineIntrinsics, value));
        try
        {
            return new OutputSwitch((long)new SizeTransformationAttribute().Transform(engineIntrinsics, value), null);
        }
        catch (ArgumentTransformationMetadataException e)
        {
            throw new ArgumentTransformationMetadataException($"'{value}' is neither a size (100MB) nor a duration (30s).", e);
        }
    }

    // A number alone is one of bytes. A unit of time is one that no size has: 5m is five megabytes, as everywhere where sizes are taken; 5min five minutes.
    private static bool IsDuration(string text) =>
        text.Contains(':', StringComparison.Ordinal) || ((string[])["s", "sec", "min", "h", "ms", "d"]).Any(unit => text.TrimEnd().EndsWith(unit, StringComparison.OrdinalIgnoreCase));
}
