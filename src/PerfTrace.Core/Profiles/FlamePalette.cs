using System.Globalization;
using System.Text;

namespace PerfTrace.Profiles;

/// <summary>The colours of a flame graph, as classes of its style sheet: the same name has the same colour in every picture.</summary>
internal static class FlamePalette
{
    private const int Shades = 8, Modules = 24;

    /// <summary>The rules for the classes that <see cref="ClassOf"/> and <see cref="ClassOfChange"/> give.</summary>
    public static string Rules(FlameColoring coloring, bool isDifference)
    {
        var css = new StringBuilder();
        if (isDifference)
        {
            Rule(css, "z", 40, 12, 90);
            for (int i = 1; i <= Shades; i++)
            {
                Rule(css, $"r{i}", 6, 90, 90 - (i * 4));
                Rule(css, $"b{i}", 216, 85, 90 - (i * 3));
            }
            return css.ToString();
        }
        Rule(css, "l", 258, 22, 82);
        Rule(css, "n", 220, 8, 74);
        if (coloring == FlameColoring.Module)
        {
            for (int i = 0; i < Modules; i++)
                Rule(css, $"m{i}", i * 360 / Modules, i % 2 == 0 ? 68 : 52, i % 2 == 0 ? 70 : 64);
            return css.ToString();
        }
        for (int i = 0; i < Shades; i++)
        {
            if (coloring == FlameColoring.Name)
            {
                Rule(css, $"u{i}", 4 + (i * 6), 88, 60 + (i * 2));
                continue;
            }
            Rule(css, $"u{i}", 20 + (i * 3), 92, 65 + (i * 5 % 8));
            Rule(css, $"k{i}", 204 + (i * 3), 72, 68 + (i * 5 % 8));
            Rule(css, $"j{i}", 112 + (i * 4), 46, 64 + (i * 5 % 8));
            Rule(css, $"i{i}", 170 + (i * 2), 48, 62 + (i * 5 % 8));
        }
        return css.ToString();
    }

    public static string ClassOf(ProfileFrame frame, FlameColoring coloring)
    {
        if (frame.Kind == FrameKind.Label)
            return "l";
        if (coloring == FlameColoring.Module)
            return frame.Module is null or "[unknown]" ? "n" : $"m{Hash(frame.Module) % Modules}";
        uint shade = Hash(frame.Name) % Shades;
        if (coloring == FlameColoring.Name)
            return $"u{shade}";
        return frame.Kind switch
        {
            FrameKind.Kernel => $"k{shade}",
            FrameKind.Generated => $"j{shade}",
            FrameKind.Inlined => $"i{shade}",
            FrameKind.Unknown => "n",
            _ => $"u{shade}",
        };
    }

    /// <summary>Red for more, blue for less; the darkest for the greatest change there is.</summary>
    public static string ClassOfChange(double change, double greatest)
    {
        int shade = greatest == 0 ? 0 : (int)Math.Round(Shades * change / greatest);
        return shade == 0 ? "z" : shade > 0 ? $"r{shade}" : $"b{-shade}";
    }

    private static void Rule(StringBuilder css, string name, int hue, int saturation, int lightness) =>
        css.Append(CultureInfo.InvariantCulture, $".{name} rect{{fill:hsl({hue} {saturation}% {lightness}%)}}\n");

    // FNV-1a, 32 bits, with its upper half in the lower.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash ^ (hash >> 15);
    }
}
