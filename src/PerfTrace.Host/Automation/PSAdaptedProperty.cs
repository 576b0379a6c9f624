#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Reflection;

namespace System.Management.Automation;

/// <summary>A .NET property seen through a <see cref="PSObject"/>.</summary>
internal sealed class PSAdaptedProperty : PSPropertyInfo
{
    private readonly object _instance;
    private readonly PropertyInfo _property;

    internal PSAdaptedProperty(object instance, PropertyInfo property)
    {
        _instance = instance;
        _property = property;
        Name = property.Name;
    }

    public override object Value
    {
        get => _property.GetValue(_instance);
        set => _property.SetValue(_instance, value);
    }

    public override string TypeNameOfValue => _property.PropertyType.FullName;

    public override bool IsGettable => _property.CanRead;

    public override bool IsSettable => _property.CanWrite;
}
