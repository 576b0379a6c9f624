namespace System.Management.Automation;

/// <summary>A property of a <see cref="PSObject"/>.</summary>
public abstract class PSPropertyInfo : PSMemberInfo
{
    public abstract bool IsGettable { get; }

    public abstract bool IsSettable { get; }
}
