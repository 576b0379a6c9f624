using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Writes a measurement as text.</summary>
internal static class MeasurementText
{
    public static string Of(KernelEventMeasurement measurement)
    {
        var text = new StringBuilder();
        if (measurement.Time is { } time)
            text.Append(CultureInfo.InvariantCulture, $"{time:HH:mm:ss.fff} ");
        text.Append(measurement.Event);
        if (measurement.Group.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" [{measurement.Group}]");
        string[] numbers = [.. Numbers(measurement).Where(static n => n.Value is not null).Select(static n => string.Create(CultureInfo.CurrentCulture, $"{n.Name} {n.Value:#,0.##}"))];
        if (numbers.Length > 0)
            text.Append(": ").AppendJoin(", ", numbers);
        if (measurement.Histogram is { } histogram)
        {
            text.Append('\n');
            HistogramText.Append(text, histogram);
            text.Length--;
        }
        return text.ToString();
    }

    private static IEnumerable<(string Name, object? Value)> Numbers(KernelEventMeasurement measurement) =>
    [
        ("count", measurement.Count),
        ("sum", measurement.Sum),
        ("minimum", measurement.Minimum),
        ("maximum", measurement.Maximum),
        ("average", measurement.Average),
    ];
}
