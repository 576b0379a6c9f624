#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>
/// Exists so that cmdlets with a script block parameter compile. The host has no language to run one in: its binder hides such
/// parameters, and whoever calls these methods is told so.
/// </summary>
public class ScriptBlock
{
    internal const string NeedsPowerShell = "Script blocks need PowerShell; perftrace is not one. In pwsh: Import-Module PerfTrace.";

    private ScriptBlock()
    {
    }

    public static ScriptBlock Create(string script) => throw new NotSupportedException(NeedsPowerShell);

#pragma warning disable CA1822 // Instance methods, because PowerShell's are.
    public Collection<PSObject> Invoke(params object[] args) => throw new NotSupportedException(NeedsPowerShell);

    public Collection<PSObject> InvokeWithContext(Dictionary<string, ScriptBlock> functionsToDefine, List<PSVariable> variablesToDefine, params object[] args) =>
        throw new NotSupportedException(NeedsPowerShell);

    public object InvokeReturnAsIs(params object[] args) => throw new NotSupportedException(NeedsPowerShell);
#pragma warning restore CA1822
}
