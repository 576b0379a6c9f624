namespace System.Management.Automation;

/// <summary>Names the completer of a parameter. The host does not complete; the attribute is there for PowerShell and for tests.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ArgumentCompleterAttribute : Attribute
{
    public ArgumentCompleterAttribute(Type type) => Type = type;

    public Type Type { get; }
}
