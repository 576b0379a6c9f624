namespace PerfTrace.Commands;

/// <summary>A condition with a part that the kernel's filters can not express.</summary>
public sealed class WhereException(string part, string message) : ArgumentException(message)
{
    /// <summary>The part of the script block.</summary>
    public string Part { get; } = part;
}
