namespace PerfTrace.Host.Binding;

/// <summary>A common parameter that means nothing without PowerShell, and why.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NeedsPowerShellAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}
