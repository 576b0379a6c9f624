#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Makes a property a parameter, once for each parameter set that it belongs to.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, AllowMultiple = true)]
public sealed class ParameterAttribute : Attribute
{
    public const string AllParameterSets = "__AllParameterSets";

    /// <summary>The place among unnamed arguments; <see cref="int.MinValue"/> if it must be named.</summary>
    public int Position { get; set; } = int.MinValue;

    public string ParameterSetName
    {
        get;
        set => field = string.IsNullOrEmpty(value) ? AllParameterSets : value;
    } = AllParameterSets;

    public bool Mandatory { get; set; }

    public bool ValueFromPipeline { get; set; }

    public bool ValueFromPipelineByPropertyName { get; set; }

    public bool ValueFromRemainingArguments { get; set; }

    public string HelpMessage { get; set; }

    /// <summary>Works, but is not listed.</summary>
    public bool DontShow { get; set; }
}
