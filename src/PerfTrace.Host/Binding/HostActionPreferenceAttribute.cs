using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>The preferences that need nobody to answer a question.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostActionPreferenceAttribute : ValidateEnumeratedArgumentsAttribute
{
    protected override void ValidateElement(object element)
    {
        if (element is ActionPreference.Continue or ActionPreference.Stop or ActionPreference.SilentlyContinue or ActionPreference.Ignore)
            return;
        throw new ValidationMetadataException($"perftrace knows Continue, Stop, SilentlyContinue and Ignore; {element} needs PowerShell.");
    }
}
