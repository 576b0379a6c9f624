namespace PerfTrace.Commands;

/// <summary>The words behind <c>perf list</c>: kinds of events, or what the names of events are to have in them.</summary>
internal static class PerfEventList
{
    public static void Take(PerfLine line, string[] words)
    {
        foreach (string word in words)
        {
            string[]? kinds = word switch
            {
                "hw" or "hardware" => ["Hardware"],
                "sw" or "software" => ["Software", "Tool"],
                "cache" or "hwcache" => ["HardwareCache"],
                "pmu" => ["Pmu", "PmuTerm"],
                "tracepoint" => ["Tracepoint"],
                _ => null,
            };
            if (kinds is not null)
                line.Add("Kind", kinds);
            else if (word is "sdt" or "metric" or "metricgroup")
                throw new PerfLineException("PerfWordUnexpected", $"perf list {word} is not known here.{(word == "sdt" ? " Get-UsdtProbe FILE lists USDT probes." : "")}", word);
            else
                line.Add("Name", word.Contains('*', StringComparison.Ordinal) || word.Contains('?', StringComparison.Ordinal) ? word : $"*{word}*");
        }
    }
}
