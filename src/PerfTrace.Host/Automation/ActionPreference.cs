namespace System.Management.Automation;

/// <summary>What to do with a message, with PowerShell's values.</summary>
public enum ActionPreference
{
    SilentlyContinue = 0,
    Stop = 1,
    Continue = 2,
    Inquire = 3,
    Ignore = 4,
    Suspend = 5,
}
