namespace PerfTrace.Bpf;

/// <summary>How a file is opened: open(2), by the numbers of x86-64 (<c>include/uapi/asm-generic/fcntl.h</c>).</summary>
[Flags]
public enum OpenFlags
{
    Read = 0,
    Write = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    DataSync = 0x1000,
    Async = 0x2000,
    Direct = 0x4000,
    LargeFile = 0x8000,
    Directory = 0x1_0000,
    NoFollow = 0x2_0000,
    NoAccessTime = 0x4_0000,
    CloseOnExec = 0x8_0000,
    Sync = 0x10_0000,
    Path = 0x20_0000,
    TemporaryFile = 0x40_0000,
}
