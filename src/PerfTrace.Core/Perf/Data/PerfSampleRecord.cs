namespace PerfTrace.Perf;

/// <summary>The parts of a sample's record, in place. What the event does not record is zero or empty.</summary>
internal ref struct PerfSampleRecord
{
    public ulong Ip, Time, Address, Period, Weight, DataSource, PhysicalAddress;
    public int ProcessId, ThreadId, Cpu;

    /// <summary>struct read_format: the counts of the event, or of its group.</summary>
    public PerfDataBytes Counts;

    /// <summary>Addresses between marks that tell whose they are (enum perf_callchain_context), eight bytes each.</summary>
    public PerfDataBytes CallChain;

    /// <summary>The tracepoint's record, or what else the event puts there.</summary>
    public PerfDataBytes Raw;

    /// <summary>struct perf_branch_entry: from, to, flags.</summary>
    public PerfDataBytes Branches;

    /// <summary>enum perf_sample_regs_abi: 0 none, 1 of 32 bits, 2 of 64.</summary>
    public ulong UserRegisterAbi;

    /// <summary>Those of the attribute's mask, in ascending order of their numbers.</summary>
    public PerfDataBytes UserRegisters;

    /// <summary>The part of the user's stack that begins at the stack pointer.</summary>
    public PerfDataBytes UserStack;
}
