namespace System.Management.Automation;

/// <summary>PowerShell's approved verbs for finding out what is wrong.</summary>
public static class VerbsDiagnostic
{
    public const string Debug = "Debug";
    public const string Measure = "Measure";
    public const string Ping = "Ping";
    public const string Repair = "Repair";
    public const string Resolve = "Resolve";
    public const string Test = "Test";
    public const string Trace = "Trace";
}
