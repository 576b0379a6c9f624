namespace PerfTrace.Perf;

/// <summary>enum perf_event_sample_format of <c>include/uapi/linux/perf_event.h</c>.</summary>
[Flags]
internal enum PerfSampleFormat : ulong
{
    None = 0,
    Ip = 1UL << 0,
    Tid = 1UL << 1,
    Time = 1UL << 2,
    Address = 1UL << 3,
    Read = 1UL << 4,
    CallChain = 1UL << 5,
    Id = 1UL << 6,
    Cpu = 1UL << 7,
    Period = 1UL << 8,
    StreamId = 1UL << 9,
    Raw = 1UL << 10,
    BranchStack = 1UL << 11,
    UserRegisters = 1UL << 12,
    UserStack = 1UL << 13,
    Weight = 1UL << 14,
    DataSource = 1UL << 15,
    Identifier = 1UL << 16,
    Transaction = 1UL << 17,
    InterruptRegisters = 1UL << 18,
    PhysicalAddress = 1UL << 19,
    Aux = 1UL << 20,
    CGroup = 1UL << 21,
    DataPageSize = 1UL << 22,
    CodePageSize = 1UL << 23,
    WeightStruct = 1UL << 24,
}
