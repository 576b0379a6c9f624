#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Collections;

namespace System.Management.Automation;

/// <summary>Members by name, in the order in which they were declared or added; names are case-insensitive.</summary>
public sealed class PSMemberInfoCollection<T> : IEnumerable<T>
    where T : PSMemberInfo
{
    private readonly List<T> _members = [];

    internal PSMemberInfoCollection()
    {
    }

    /// <summary>The member of that name, or null.</summary>
    public T this[string name] => _members.Find(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a member; a name that is there already is an error, as in PowerShell.</summary>
    public void Add(T member)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (this[member.Name] is not null)
            throw new ArgumentException($"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists.", nameof(member));
        _members.Add(member);
    }

    public void Remove(string name) => _members.RemoveAll(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    public IEnumerator<T> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
