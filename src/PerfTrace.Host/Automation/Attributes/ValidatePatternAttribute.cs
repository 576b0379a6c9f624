#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
using System.Globalization;
using System.Text.RegularExpressions;

namespace System.Management.Automation;

/// <summary>A text that a regular expression matches.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidatePatternAttribute : ValidateEnumeratedArgumentsAttribute
{
    public ValidatePatternAttribute(string regexPattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(regexPattern);
        RegexPattern = regexPattern;
    }

    public string RegexPattern { get; }

    public RegexOptions Options { get; set; } = RegexOptions.IgnoreCase;

    protected override void ValidateElement(object element)
    {
        string text = Convert.ToString(element, CultureInfo.InvariantCulture);
        if (text is null || !Regex.IsMatch(text, RegexPattern, Options))
            throw new ValidationMetadataException($"The argument \"{text}\" does not match the \"{RegexPattern}\" pattern. Supply an argument that matches \"{RegexPattern}\" and try the command again.");
    }
}
