namespace PerfTrace.BpfTrace;

/// <summary>What a run of a script has lost.</summary>
/// <param name="Events">Prints and other events that found no room in the ring buffer.</param>
/// <param name="Stacks">Call stacks that found no room in the map of stacks, or the place of another there.</param>
/// <param name="Damaged">Events that were none of the script's: that is a fault of this library.</param>
/// <param name="Entries">For each map that was full, how many updates found no room.</param>
public sealed record BpfTraceSummary(long Events, long Stacks, long Damaged, IReadOnlyDictionary<string, long> Entries)
{
    /// <summary>Over so many numbers a loop goes at most: BPF_MAX_LOOPS of include/linux/bpf.h.</summary>
    public const int MostRounds = ProbeGenerator.MostRounds;

    /// <summary>Loops over more numbers than <see cref="MostRounds"/>, which ended there.</summary>
    public long Loops { get; init; }
}
