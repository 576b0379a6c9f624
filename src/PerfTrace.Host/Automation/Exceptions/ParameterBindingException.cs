#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Arguments and parameters do not fit. On the command line that is bad usage; for a pipeline object it is one error among others.</summary>
public class ParameterBindingException : RuntimeException
{
    public ParameterBindingException()
    {
    }

    public ParameterBindingException(string message)
        : base(message)
    {
    }

    public ParameterBindingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ParameterBindingException(string errorId, string message, string parameterName = null, object target = null, Exception innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        ParameterName = parameterName ?? "";
        Target = target;
    }

    /// <summary>PowerShell's id of this kind of mistake: <c>NamedParameterNotFound</c>, <c>AmbiguousParameterSet</c>, ...</summary>
    public string ErrorId { get; } = "ParameterBinding";

    public string ParameterName { get; } = "";

    public override ErrorRecord ErrorRecord => field ??= new ErrorRecord(this, ErrorId, ErrorCategory.InvalidArgument, Target);

    private object Target { get; }
}
