#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Management.Automation.Host;

namespace System.Management.Automation;

/// <summary>A cmdlet that knows how it was called and where it runs.</summary>
public abstract class PSCmdlet : Cmdlet
{
    /// <summary>The parameter set that the binder chose; with pipeline input it can change from object to object.</summary>
    public string ParameterSetName { get; internal set; } = ParameterAttribute.AllParameterSets;

    public InvocationInfo MyInvocation { get; internal set; } = new("", "");

    public SessionState SessionState { get; } = new();

    /// <summary>The program that runs it.</summary>
    public PSHost Host { get; } = new(new PSHostUserInterface(Console.Out));

    /// <summary>Makes a path absolute (<c>~</c> included) without asking whether anything is there or expanding wildcards.</summary>
    public string GetUnresolvedProviderPathFromPSPath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
}
