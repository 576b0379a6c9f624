namespace PerfTrace.Bpf;

/// <summary>What a request to a disk does (enum req_op of <c>include/linux/blk_types.h</c>; a number that has no name here is a newer one).</summary>
public enum BlockOperation
{
    Read = 0,
    Write = 1,
    Flush = 2,
    Discard = 3,
    SecureErase = 5,
    ZoneAppend = 7,
    WriteZeroes = 9,
    ZoneOpen = 10,
    ZoneClose = 11,
    ZoneFinish = 12,
    ZoneReset = 13,
    ZoneResetAll = 15,
    DriverIn = 34,
    DriverOut = 35,
}
