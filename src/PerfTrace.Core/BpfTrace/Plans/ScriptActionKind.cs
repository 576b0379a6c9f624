namespace PerfTrace.BpfTrace;

internal enum ScriptActionKind
{
    /// <summary>Values by a format.</summary>
    Printf,
    /// <summary>As <see cref="Printf"/>, to the error stream, with the place in the script.</summary>
    Errorf,
    /// <summary>As <see cref="Printf"/>, as a warning.</summary>
    Warnf,
    /// <summary>One value and a line end.</summary>
    PrintValue,
    /// <summary>A whole map.</summary>
    PrintMap,
    /// <summary>A key and its value of a map: the event carries the key.</summary>
    PrintEntry,
    Clear,
    Zero,
    /// <summary>The script ends; its event carries the exit status, 4 bytes.</summary>
    Exit,
    /// <summary>The time of day by a format of strftime(3).</summary>
    Time,
    /// <summary>The strings of an array, from a process: a count in 8 bytes, then so many strings of equal room.</summary>
    Join,
    /// <summary>A file's content: its path by a format.</summary>
    Cat,
    /// <summary>A command of the shell, by a format.</summary>
    System,
    /// <summary>The watchpoints of an address, 8 bytes, are taken away.</summary>
    Unwatch,
    /// <summary>A warning of the program's own: a read that failed, a helper that said no: the helper's number (4 bytes; 0: a division by zero) and its error (4 bytes).</summary>
    HelperError,
}
