#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>The variables of a session.</summary>
public sealed class PSVariableIntrinsics
{
    private readonly Dictionary<string, object> _values = new(StringComparer.OrdinalIgnoreCase);

    public void Set(string name, object value) => _values[name] = value;

    public object GetValue(string name) => _values.GetValueOrDefault(name);
}
