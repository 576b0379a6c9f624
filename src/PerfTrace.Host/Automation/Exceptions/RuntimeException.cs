#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>The base of the errors that PowerShell itself raises; it carries an error record.</summary>
public class RuntimeException : SystemException, IContainsErrorRecord
{
    private ErrorRecord _errorRecord;

    public RuntimeException()
    {
    }

    public RuntimeException(string message)
        : base(message)
    {
    }

    public RuntimeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RuntimeException(string message, Exception innerException, ErrorRecord errorRecord)
        : base(message, innerException)
    {
        _errorRecord = errorRecord;
    }

    /// <summary>The record given, or one made from the exception's type and message.</summary>
    public virtual ErrorRecord ErrorRecord => _errorRecord ??= new ErrorRecord(this, GetType().Name, ErrorCategory.NotSpecified, null);
}
