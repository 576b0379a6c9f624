using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>What of the samples is wanted. Names may have wildcards; an empty list lets all through.</summary>
public sealed class SampleFilter
{
    public static readonly SampleFilter All = new();

    public IReadOnlyList<string> Events { get; init; } = [];

    public IReadOnlyList<int> Cpus { get; init; } = [];

    public IReadOnlyList<string> Commands { get; init; } = [];

    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    public IReadOnlyList<int> ThreadIds { get; init; } = [];

    public IReadOnlyList<string> Modules { get; init; } = [];

    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Frames are chosen.</summary>
    internal bool IsOfFrames => Modules.Count > 0 || Symbols.Count > 0;

    /// <summary>The sample is one of those that percentages are of: events and CPUs that are not asked for are as if they had not been recorded.</summary>
    internal bool Counts(PerfSample sample) =>
        (Events.Count == 0 || Matches(Events, sample.EventName)) && (Cpus.Count == 0 || (sample.Cpu is { } cpu && Cpus.Contains(cpu)));

    /// <summary>The sample is of a command, process and thread that is asked for; as for perf report, percentages stay those of all.</summary>
    internal bool Shows(PerfSample sample) =>
        (Commands.Count == 0 || Matches(Commands, sample.CommandName))
        && (ProcessIds.Count == 0 || (sample.ProcessId is { } process && ProcessIds.Contains(process)))
        && (ThreadIds.Count == 0 || (sample.ThreadId is { } thread && ThreadIds.Contains(thread)));

    /// <summary>All that is asked of a sample as a whole holds.</summary>
    public bool Passes(PerfSample sample) => Counts(sample) && Shows(sample);

    /// <summary>A folded stack has a command, but no event, process or CPU.</summary>
    internal bool Shows(FoldedStack stack) =>
        ProcessIds.Count == 0 && ThreadIds.Count == 0 && (Commands.Count == 0 || Matches(Commands, stack.Frames.Count > 0 ? stack.Frames[0] : null));

    internal bool Shows(ProfileFrame frame) =>
        (Modules.Count == 0 || Matches(Modules, frame.Module)) && (Symbols.Count == 0 || Matches(Symbols, frame.Symbol));

    private static bool Matches(IReadOnlyList<string> patterns, string? name)
    {
        if (name is null)
            return false;
        foreach (string pattern in patterns)
        {
            // Names as [kernel.kallsyms] and operator[] are patterns too.
            if (string.Equals(pattern, name, StringComparison.OrdinalIgnoreCase) || NamePattern.IsMatch(pattern, name))
                return true;
        }
        return false;
    }
}
