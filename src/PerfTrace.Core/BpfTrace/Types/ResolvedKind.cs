namespace PerfTrace.BpfTrace;

/// <summary>What a number that a program gives means once it has come out.</summary>
internal enum ResolvedKind
{
    /// <summary>8 bytes: an address in the kernel.</summary>
    KernelSymbol,
    /// <summary>8 bytes: an address in a process; 4: the process; 4 of zeros.</summary>
    UserSymbol,
    /// <summary>8 bytes: a user's number.</summary>
    UserName,
    /// <summary>8 bytes: the number of a probe in the plan's list.</summary>
    ProbeName,
    /// <summary>8 bytes: nanoseconds of CLOCK_MONOTONIC; 4: the number of the format in the plan's list of texts; 4: <see cref="ScriptClock"/>.</summary>
    Timestamp,
    /// <summary>6 bytes, in the order of the wire.</summary>
    MacAddress,
    /// <summary>4 bytes: AF_INET (2) or AF_INET6 (10); 16 bytes: the address, in the order of the wire, zeros behind one of 4.</summary>
    InternetAddress,
    /// <summary>8 bytes: the number of a control group; 8: the number of the pattern of hierarchies in the plan's list of texts.</summary>
    CGroupPath,
    /// <summary>8 bytes: a number of errno.</summary>
    ErrorName,
    /// <summary>8 bytes: the number of a signal.</summary>
    SignalName,
    /// <summary>8 bytes: the number of a system call.</summary>
    SystemCall,
    /// <summary>8 bytes: the number of a process.</summary>
    ProcessName,
}
