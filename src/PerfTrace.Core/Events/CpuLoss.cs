namespace PerfTrace.Events;

/// <summary>What was lost on one CPU.</summary>
/// <param name="Cpu">The CPU.</param>
/// <param name="Lost">How many records.</param>
public sealed record CpuLoss(int Cpu, long Lost)
{
    /// <summary>Of counts by CPU, in the order of the CPUs. An array: JSON has no tables whose keys are numbers, and PowerShell enumerates no list of our own.</summary>
    internal static CpuLoss[] Of(IReadOnlyDictionary<int, long> counts) => [.. counts.OrderBy(static c => c.Key).Select(static c => new CpuLoss(c.Key, c.Value))];

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"CPU {Cpu}: {Lost}");
}
