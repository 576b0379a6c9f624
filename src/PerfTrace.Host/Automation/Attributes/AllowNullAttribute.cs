namespace System.Management.Automation;

/// <summary>A mandatory parameter that takes null all the same.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AllowNullAttribute : Attribute;
