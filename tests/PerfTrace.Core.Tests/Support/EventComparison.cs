namespace PerfTrace.Tests.Support;

/// <summary>Compares what perf opens with what we open.</summary>
internal static class EventComparison
{
    /// <param name="perf">What perf printed.</param>
    /// <param name="isCutShort">perf gave up at its last event.</param>
    /// <param name="ours">What we would open.</param>
    /// <param name="ignored">Fields that are left out, for a reason that the caller documents.</param>
    /// <param name="isOrdered">False where perf goes by the order of a directory's entries.</param>
    public static void AssertSame(List<OpenedEvent> perf, bool isCutShort, List<OpenedEvent> ours, string[] ignored, bool isOrdered = true)
    {
        Assert.NotEmpty(perf);
        // A leader that the kernel refuses ends perf's run: its members were never tried. Nothing else may be missing.
        bool endsWithGroup = isCutShort && perf[^1].Leader is null
            && perf[^1].Fields.GetValueOrDefault("read_format", "").Contains("GROUP", StringComparison.Ordinal);
        if (endsWithGroup && perf.Count < ours.Count)
            ours = ours[..perf.Count];
        string[] expected = [.. perf.Select(Text)], actual = [.. ours.Select(Text)];
        if (!isOrdered)
        {
            Array.Sort(expected, StringComparer.Ordinal);
            Array.Sort(actual, StringComparer.Ordinal);
        }
        Assert.Equal(expected, actual);

        string Text(OpenedEvent e)
        {
            var fields = new SortedDictionary<string, string>(e.Fields, StringComparer.Ordinal);
            foreach (string name in ignored)
                fields.Remove(name);
            return (e with { Fields = fields }).ToString();
        }
    }
}
