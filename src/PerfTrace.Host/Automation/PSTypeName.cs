#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A type by name, found or not.</summary>
public class PSTypeName
{
    public PSTypeName(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        Type = type;
        Name = type.FullName ?? type.Name;
    }

    public PSTypeName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    public string Name { get; }

    public Type Type { get; }

    public override string ToString() => Name;
}
