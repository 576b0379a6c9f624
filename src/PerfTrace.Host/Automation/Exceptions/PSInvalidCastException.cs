#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A conversion that PowerShell does not know.</summary>
public class PSInvalidCastException : InvalidCastException, IContainsErrorRecord
{
    public PSInvalidCastException()
    {
    }

    public PSInvalidCastException(string message)
        : base(message)
    {
    }

    public PSInvalidCastException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ErrorRecord ErrorRecord => field ??= new ErrorRecord(this, "InvalidCast", ErrorCategory.InvalidArgument, null);
}
