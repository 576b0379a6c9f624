namespace System.Management.Automation;

/// <summary>The name of a command; the host keeps what else is known of it in its command table.</summary>
public class CommandInfo
{
    internal CommandInfo(string name) => Name = name;

    public string Name { get; }

    public override string ToString() => Name;
}
