#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Globalization;

namespace System.Management.Automation;

/// <summary>One of a list of words.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateSetAttribute : ValidateEnumeratedArgumentsAttribute
{
    public ValidateSetAttribute(params string[] validValues)
    {
        ArgumentNullException.ThrowIfNull(validValues);
        ValidValues = validValues;
    }

    public IList<string> ValidValues { get; }

    public bool IgnoreCase { get; set; } = true;

    protected override void ValidateElement(object element)
    {
        string text = Convert.ToString(element, CultureInfo.InvariantCulture);
        foreach (string valid in ValidValues)
        {
            if (string.Equals(text, valid, IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                return;
        }

        throw new ValidationMetadataException($"The argument \"{text}\" does not belong to the set \"{string.Join(",", ValidValues)}\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again.");
    }
}
