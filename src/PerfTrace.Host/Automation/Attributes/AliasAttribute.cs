namespace System.Management.Automation;

/// <summary>Other names of a cmdlet or a parameter; pipeline binding by property name knows them too.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AliasAttribute : Attribute
{
    public AliasAttribute(params string[] aliasNames) => AliasNames = aliasNames;

    public IList<string> AliasNames { get; }
}
