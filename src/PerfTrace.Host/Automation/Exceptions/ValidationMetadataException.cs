#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A validation attribute rejects an argument.</summary>
public class ValidationMetadataException : MetadataException
{
    public ValidationMetadataException()
    {
    }

    public ValidationMetadataException(string message)
        : base(message)
    {
    }

    public ValidationMetadataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
