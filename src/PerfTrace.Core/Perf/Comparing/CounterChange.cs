namespace PerfTrace.Perf;

/// <summary>How an event compares with its baseline.</summary>
public enum CounterChange
{
    /// <summary>It grew or shrank by no more than the threshold.</summary>
    Unchanged,

    /// <summary>It grew by more.</summary>
    Regressed,

    /// <summary>It shrank by more.</summary>
    Improved,

    /// <summary>The baseline does not have it.</summary>
    New,

    /// <summary>The baseline has it, and it was not measured now.</summary>
    Missing,

    /// <summary>It was asked for both times and could not be counted at least once.</summary>
    NotCounted,
}
