#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A better message for a person than the exception's, and what to do about it.</summary>
public class ErrorDetails
{
    public ErrorDetails(string message) => Message = message;

    public string Message { get; }

    public string RecommendedAction { get; set; }

    public override string ToString() => Message;
}
