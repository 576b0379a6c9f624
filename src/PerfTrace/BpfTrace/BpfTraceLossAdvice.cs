using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>What who runs a script can do so that less is lost.</summary>
/// <param name="Events">Against a full ring buffer.</param>
/// <param name="Entries">Against a full map.</param>
/// <param name="Stacks">Against a full map of stacks.</param>
internal sealed record BpfTraceLossAdvice(string Events, string Entries, string Stacks)
{
    /// <summary>For a script that can be changed.</summary>
    public static BpfTraceLossAdvice OwnScript { get; } =
        new("Print less, or write config = { perf_rb_pages = … } with more than 64.", "Use fewer keys, or write config = { max_map_keys = … }.",
            "It keeps 131072, each different one once, to the script's end: take fewer frames, as kstack(3), or stacks of fewer events, or run it for a shorter time.");

    /// <summary>For a tool that is a script: its settings are not the user's to change, its parameters are.</summary>
    public static BpfTraceLossAdvice OfTool(BpfTool tool)
    {
        string[] narrowing = [.. tool.Parameters.Where(static p => p != nameof(StartBpfToolCommand.Interval)).Select(static p => $"-{p}")];
        string fewer = narrowing.Length > 0 ? $"Watch fewer, by {string.Join(" or ", narrowing)}" : "";
        string empty = tool.Parameters.Contains(nameof(StartBpfToolCommand.Interval)) ? $"{(fewer.Length > 0 ? ", or give" : "Give")} an -Interval, after which it is emptied" : "";
        return new BpfTraceLossAdvice(fewer.Length > 0 ? $"{fewer}." : "They came faster than they were taken.", fewer.Length + empty.Length > 0 ? $"{fewer}{empty}." : "Watch for a shorter time, by -Duration.",
            fewer.Length > 0 ? $"{fewer}, or for a shorter time." : "Watch for a shorter time, by -Duration.");
    }
}
