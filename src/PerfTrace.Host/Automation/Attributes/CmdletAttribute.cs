#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Makes a class a cmdlet, by verb and noun.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CmdletAttribute : Attribute
{
    public CmdletAttribute(string verbName, string nounName)
    {
        VerbName = verbName;
        NounName = nounName;
    }

    public string VerbName { get; }

    public string NounName { get; }

    /// <summary>The parameter set that wins where several are possible.</summary>
    public string DefaultParameterSetName { get; set; }

    /// <summary>Adds <c>-WhatIf</c> and <c>-Confirm</c>.</summary>
    public bool SupportsShouldProcess { get; set; }

    public ConfirmImpact ConfirmImpact { get; set; } = ConfirmImpact.Medium;

    public string HelpUri { get; set; } = "";
}
