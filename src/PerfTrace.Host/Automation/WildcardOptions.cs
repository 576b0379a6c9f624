namespace System.Management.Automation;

/// <summary>Options of <see cref="WildcardPattern"/>, with PowerShell's values.</summary>
[Flags]
public enum WildcardOptions
{
    None = 0,
    Compiled = 1,
    IgnoreCase = 2,
    CultureInvariant = 4,
}
