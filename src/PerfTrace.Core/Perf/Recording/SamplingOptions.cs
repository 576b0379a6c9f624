namespace PerfTrace.Perf;

/// <summary>How events are sampled.</summary>
public sealed record SamplingOptions
{
    /// <summary>Samples a second of each event; null with <see cref="Period"/>, or for the default of each.</summary>
    public int? Frequency { get; init; }

    /// <summary>What an event is sampled with that is given no rate.</summary>
    public int DefaultFrequency { get; init; } = 4000; // perf-record(1), -F

    /// <summary>Occurrences between two samples.</summary>
    public long? Period { get; init; }

    public CallStackMode CallStack { get; init; }

    /// <summary>Bytes of the stack that go with each sample of <see cref="CallStackMode.Dwarf"/>.</summary>
    public int StackSize { get; init; } = 8192;

    /// <summary>Record the registers of the program.</summary>
    public bool UserRegisters { get; init; }

    /// <summary>Threads and children that start later are sampled too.</summary>
    public bool Inherit { get; init; } = true;

    /// <summary>Bytes of each ring buffer; null for the default, or less where kernel.perf_event_mlock_kb does not allow it.</summary>
    public long? BufferSize { get; init; }

    /// <summary>The kernel overwrites the oldest samples, and only snapshots are read.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The samples begin later than the names and mappings, which an event of its own reports then.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>Record when the threads of a process begin and cease to run (PERF_RECORD_SWITCH).</summary>
    public bool Switches { get; init; }

    /// <summary>Its reader is woken at each sample, and not when a ring has a good part to read.</summary>
    public bool WakesAtOnce { get; init; }
}
