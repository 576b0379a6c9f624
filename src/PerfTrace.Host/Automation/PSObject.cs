#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Collections.ObjectModel;
using System.Reflection;

namespace System.Management.Automation;

/// <summary>
/// An object with properties added at run time, or a wrapper around any other. Without a base object it is a bag of note
/// properties, PowerShell's <c>PSCustomObject</c>.
/// </summary>
public class PSObject
{
    private readonly object _baseObject;
    private PSMemberInfoCollection<PSPropertyInfo> _properties;
    private Collection<string> _typeNames;

    public PSObject()
    {
    }

    public PSObject(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        _baseObject = obj is PSObject other ? other.BaseObject : obj;
    }

    /// <summary>The wrapped object; a bag of properties is its own base.</summary>
    public object BaseObject => _baseObject ?? this;

    public object ImmediateBaseObject => BaseObject;

    public PSMemberInfoCollection<PSPropertyInfo> Properties => _properties ??= AdaptProperties();

    /// <summary>The names under which views are looked up, the most specific first.</summary>
    public Collection<string> TypeNames => _typeNames ??= ListTypeNames();

    internal bool IsPropertyBag => _baseObject is null;

    public static PSObject AsPSObject(object obj) => obj as PSObject ?? new PSObject(obj);

    public override string ToString() => _baseObject is null
        ? "@{" + string.Join("; ", Properties) + "}"
        : _baseObject.ToString();

    private PSMemberInfoCollection<PSPropertyInfo> AdaptProperties()
    {
        var properties = new PSMemberInfoCollection<PSPropertyInfo>();
        if (_baseObject is null)
            return properties;
        foreach (PropertyInfo property in _baseObject.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // A property that hides an inherited one comes first in the list; the hidden one is not seen.
            if (property.GetIndexParameters().Length == 0 && properties[property.Name] is null)
                properties.Add(new PSAdaptedProperty(_baseObject, property));
        }

        return properties;
    }

    private Collection<string> ListTypeNames()
    {
        var names = new Collection<string>();
        if (_baseObject is null)
            names.Add("System.Management.Automation.PSCustomObject");
        for (Type type = _baseObject?.GetType() ?? typeof(object); type is not null; type = type.BaseType)
            names.Add(type.FullName);
        return names;
    }
}
