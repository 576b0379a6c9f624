#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>An error as an answer: the exception, a stable id, a category and the object that it is about.</summary>
public class ErrorRecord
{
    private readonly string _errorId;
    private string _commandTypeName;

    public ErrorRecord(Exception exception, string errorId, ErrorCategory errorCategory, object targetObject)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Exception = exception;
        _errorId = errorId ?? "";
        TargetObject = targetObject;
        CategoryInfo = new ErrorCategoryInfo(errorCategory, exception, targetObject);
    }

    /// <summary>A copy of a record with another exception in it.</summary>
    public ErrorRecord(ErrorRecord errorRecord, Exception replaceParentContainsErrorRecordException)
        : this(replaceParentContainsErrorRecordException ?? errorRecord.Exception, errorRecord._errorId, errorRecord.CategoryInfo.Category, errorRecord.TargetObject)
    {
        ErrorDetails = errorRecord.ErrorDetails;
    }

    public Exception Exception { get; }

    public object TargetObject { get; }

    public ErrorCategoryInfo CategoryInfo { get; }

    public ErrorDetails ErrorDetails { get; set; }

    public InvocationInfo InvocationInfo { get; private set; }

    /// <summary>The error id and, once a cmdlet has written the record, that cmdlet's type: <c>EventNotFound,PerfTrace.Commands.GetPerfEventCommand</c>.</summary>
    public string FullyQualifiedErrorId => _commandTypeName is null ? _errorId : $"{_errorId},{_commandTypeName}";

    public override string ToString() => ErrorDetails?.Message ?? Exception.Message;

    /// <summary>Notes which cmdlet wrote the record; the first one to do so stays.</summary>
    internal void SetInvocation(InvocationInfo invocation, Type commandType)
    {
        if (InvocationInfo is not null)
            return;
        InvocationInfo = invocation;
        _commandTypeName = commandType.FullName;
        if (CategoryInfo.Activity.Length == 0)
            CategoryInfo.Activity = invocation.MyCommand.Name;
    }
}
