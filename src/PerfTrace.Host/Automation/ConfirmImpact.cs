namespace System.Management.Automation;

/// <summary>How much a cmdlet can break; at High (PowerShell's default <c>$ConfirmPreference</c>) it asks first.</summary>
public enum ConfirmImpact
{
    None = 0,
    Low = 1,
    Medium = 2,
    High = 3,
}
