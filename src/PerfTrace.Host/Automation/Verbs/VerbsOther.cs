namespace System.Management.Automation;

/// <summary>PowerShell's approved verbs that fit nowhere else.</summary>
public static class VerbsOther
{
    public const string Use = "Use";
}
