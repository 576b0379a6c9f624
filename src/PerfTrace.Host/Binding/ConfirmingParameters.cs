using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>What cmdlets that support ShouldProcess have besides.</summary>
internal sealed class ConfirmingParameters : CommonParameters
{
    [Parameter, Alias("wi")]
    public SwitchParameter WhatIf { get; set; }

    /// <summary>Null if not given: then the cmdlet's impact decides.</summary>
    [Parameter, Alias("cf")]
    public SwitchParameter? Confirm { get; set; }
}
