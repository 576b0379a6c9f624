namespace System.Management.Automation;

/// <summary>Tells help that the parameter takes wildcards; the cmdlet expands them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SupportsWildcardsAttribute : Attribute;
