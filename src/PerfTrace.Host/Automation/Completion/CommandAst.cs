namespace System.Management.Automation.Language;

/// <summary>The command line as a tree. The host has no such tree; completers that are called here get null.</summary>
public class CommandAst
{
    internal CommandAst()
    {
    }
}
