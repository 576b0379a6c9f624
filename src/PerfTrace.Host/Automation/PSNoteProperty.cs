#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A property that is only a name and a value, added to an object at run time.</summary>
public class PSNoteProperty : PSPropertyInfo
{
    public PSNoteProperty(string name, object value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Value = value;
    }

    public override object Value { get; set; }

    public override string TypeNameOfValue => Value?.GetType().FullName ?? typeof(object).FullName;

    public override bool IsGettable => true;

    public override bool IsSettable => true;

    public override string ToString() => $"{Name}={Value}";
}
