#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A wildcard pattern with an unclosed or reversed set.</summary>
public class WildcardPatternException : RuntimeException
{
    public WildcardPatternException()
    {
    }

    public WildcardPatternException(string message)
        : base(message)
    {
    }

    public WildcardPatternException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
