#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A named member of a <see cref="PSObject"/>.</summary>
public abstract class PSMemberInfo
{
    public string Name { get; private protected set; }

    public abstract object Value { get; set; }

    public abstract string TypeNameOfValue { get; }
}
