namespace PerfTrace.Bpf;

/// <summary>The immediate of BPF_ATOMIC instructions; those that fetch leave the old value in the source register (Linux 5.12).</summary>
internal enum BpfAtomic
{
    /// <summary>The only one before Linux 5.12.</summary>
    Add = 0x00,
    Or = 0x40,
    And = 0x50,
    ExclusiveOr = 0xa0,
    FetchAdd = 0x01,
    FetchOr = 0x41,
    FetchAnd = 0x51,
    FetchExclusiveOr = 0xa1,
    Exchange = 0xe1,

    /// <summary>Compares with, and leaves the old value in, register 0.</summary>
    CompareExchange = 0xf1,

    /// <summary>A load into the destination (Linux 6.15).</summary>
    LoadAcquire = 0x100,

    /// <summary>A store of the source (Linux 6.15).</summary>
    StoreRelease = 0x110,
}
