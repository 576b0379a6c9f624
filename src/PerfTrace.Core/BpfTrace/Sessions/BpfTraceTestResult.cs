namespace PerfTrace.BpfTrace;

/// <summary>What came of a <c>test</c> probe of a script.</summary>
public sealed class BpfTraceTestResult
{
    internal BpfTraceTestResult()
    {
    }

    /// <summary>The test's name.</summary>
    public required string Name { get; init; }

    /// <summary>It returned 0, ended the script with no other status than 0, and told of no error.</summary>
    public bool Passed => ReturnValue == 0 && ExitStatus == 0 && Errors.Length == 0;

    /// <summary>What its <c>return</c> gave; 0 without.</summary>
    public int ReturnValue { get; internal init; }

    /// <summary>What its <c>exit()</c> was given; 0 without.</summary>
    public int ExitStatus { get; internal init; }

    /// <summary>What its <c>errorf()</c> told, and what it asked for that could not be done.</summary>
    public string[] Errors { get; internal init; } = [];

    /// <summary>What it printed, warnings and errors between.</summary>
    public string Output { get; internal init; } = "";

    /// <summary>How long it ran, the system call that runs it included.</summary>
    public TimeSpan Duration { get; internal init; }
}
