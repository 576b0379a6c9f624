namespace System.Management.Automation.Host;

/// <summary>The program that runs cmdlets, as far as they speak to it.</summary>
public sealed class PSHost(PSHostUserInterface ui)
{
    public PSHostUserInterface UI { get; } = ui;
}
