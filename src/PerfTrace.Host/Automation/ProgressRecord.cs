#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>How far an activity has come; unknown numbers are -1.</summary>
public class ProgressRecord
{
    public ProgressRecord(int activityId, string activity, string statusDescription)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(activityId);
        ArgumentException.ThrowIfNullOrEmpty(activity);
        ArgumentException.ThrowIfNullOrEmpty(statusDescription);
        ActivityId = activityId;
        Activity = activity;
        StatusDescription = statusDescription;
    }

    public int ActivityId { get; }

    public string Activity { get; set; }

    public string StatusDescription { get; set; }

    public string CurrentOperation { get; set; }

    public int ParentActivityId { get; set; } = -1;

    public int PercentComplete
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            field = value;
        }
    } = -1;

    public int SecondsRemaining { get; set; } = -1;

    public ProgressRecordType RecordType { get; set; }
}
