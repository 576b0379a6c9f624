#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Thrown through a cmdlet that writes to a pipeline which has been stopped; a cmdlet lets it pass.</summary>
public class PipelineStoppedException : RuntimeException
{
    public PipelineStoppedException()
    {
    }

    public PipelineStoppedException(string message)
        : base(message)
    {
    }

    public PipelineStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
