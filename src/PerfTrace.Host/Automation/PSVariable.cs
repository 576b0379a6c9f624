#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A variable that a script block would be given.</summary>
public class PSVariable(string name, object value)
{
    public string Name { get; } = name;

    public object Value { get; set; } = value;
}
