#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Globalization;

namespace System.Management.Automation;

/// <summary>The category of an error, and what it happened to.</summary>
public class ErrorCategoryInfo
{
    internal ErrorCategoryInfo(ErrorCategory category, Exception exception, object target)
    {
        Category = category;
        Reason = exception.GetType().Name;
        TargetName = Convert.ToString(target, CultureInfo.InvariantCulture) ?? "";
        TargetType = target?.GetType().Name ?? "";
    }

    public ErrorCategory Category { get; }

    /// <summary>The name of the cmdlet.</summary>
    public string Activity { get; set; } = "";

    public string Reason { get; set; }

    public string TargetName { get; set; }

    public string TargetType { get; set; }

    public string GetMessage() => $"{Category}: ({TargetName}:{TargetType}) [{Activity}], {Reason}";

    public override string ToString() => GetMessage();
}
