namespace System.Management.Automation;

/// <summary>Whether an activity still runs.</summary>
public enum ProgressRecordType
{
    Processing = 0,
    Completed = 1,
}
