using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>What messages propose.</summary>
internal static class Hints
{
    /// <summary>The names that a misspelt one may have meant, as a question; null when there is none near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> names) =>
        NearestNames.Find(wrong, names.Where(static n => n.Length > 0)) is { Count: > 0 } near ? $"did you mean {string.Join(" or ", near)}?" : null;
}
