using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PerfTrace.Bench;

/// <summary>Runs a script of the folder Shell in a fresh pwsh with the module's path; it prints figures, one a line.</summary>
internal static class Pwsh
{
    /// <summary>Why scripts can not run; null when they can.</summary>
    public static string? WhyNot(BenchOptions options) =>
        Peer.Find("pwsh") is null ? "there is no pwsh" : !File.Exists(options.Module) ? "the module is not built" : null;

    public static string[] Arguments(string script, BenchOptions options) =>
        ["-NoProfile", "-NonInteractive", "-File", BenchOptions.Script(script), options.Module];

    public static bool TryRun(string script, BenchOptions options, out IReadOnlyList<double> figures, [NotNullWhen(false)] out string? problem, params IEnumerable<string> more)
    {
        figures = [];
        problem = WhyNot(options);
        if (problem is not null)
            return false;
        (string output, string error) = Peer.Capture("pwsh", [.. Arguments(script, options), .. more]);
        var found = new List<double>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double figure))
                found.Add(figure);
        }
        figures = found;
        problem = found.Count > 0 ? null : $"{script} failed: {error.Trim().Split('\n')[0]}";
        return problem is null;
    }
}
