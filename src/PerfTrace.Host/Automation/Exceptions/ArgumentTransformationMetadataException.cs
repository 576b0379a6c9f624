#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>An argument transformation cannot make anything of an argument. For any other exception the binder would not add the parameter's name.</summary>
public class ArgumentTransformationMetadataException : MetadataException
{
    public ArgumentTransformationMetadataException()
    {
    }

    public ArgumentTransformationMetadataException(string message)
        : base(message)
    {
    }

    public ArgumentTransformationMetadataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
