namespace System.Management.Automation;

/// <summary>A mandatory parameter that takes an empty string all the same.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AllowEmptyStringAttribute : Attribute;
