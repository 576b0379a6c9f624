namespace System.Management.Automation;

/// <summary>A member that is not shown unless asked for.</summary>
[AttributeUsage(AttributeTargets.Constructor | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Event)]
public sealed class HiddenAttribute : Attribute;
