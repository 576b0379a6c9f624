using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>A line of perf's that can not be put into a cmdlet's words.</summary>
public sealed class PerfLineException : ArgumentException, IContainsErrorRecord
{
    private readonly string _id;

    internal PerfLineException(string id, string message, object? target = null)
        : base(message)
    {
        _id = id;
        Target = target;
    }

    /// <summary>The word that was not understood.</summary>
    public object? Target { get; }

    public ErrorRecord ErrorRecord => new(this, _id, _id == "PerfCommandNotFound" ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidArgument, Target);
}
