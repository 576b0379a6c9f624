using System.Globalization;

namespace PerfTrace.Bench;

/// <summary>Figures as text: no more digits than a noisy machine supports.</summary>
internal static class Figures
{
    public static string Text(double value, string unit)
    {
        string format = Math.Abs(value) switch
        {
            _ when value == Math.Truncate(value) => "0",
            < 1 => "0.000",
            < 10 => "0.00",
            < 100 => "0.0",
            _ => "0",
        };
        string number = value.ToString(format, CultureInfo.InvariantCulture);
        return unit.Length == 0 ? number : $"{number} {unit}";
    }

    public static string Ratio(double value) => value.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) + " ×";

    /// <summary>A difference in per cent.</summary>
    public static string Signed(double percent) => percent.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + " %";
}
