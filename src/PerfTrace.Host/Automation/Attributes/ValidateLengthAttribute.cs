#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>A text of so many characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateLengthAttribute : ValidateEnumeratedArgumentsAttribute
{
    public ValidateLengthAttribute(int minLength, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, minLength);
        MinLength = minLength;
        MaxLength = maxLength;
    }

    public int MinLength { get; }

    public int MaxLength { get; }

    protected override void ValidateElement(object element)
    {
        if (element is not string text)
            throw new ValidationMetadataException("The argument is not of type string. The length can only be validated for strings.");
        if (text.Length < MinLength)
            throw new ValidationMetadataException($"The character length ({text.Length}) of the argument is too short. Specify an argument with a length that is greater than or equal to \"{MinLength}\", and then try the command again.");
        if (text.Length > MaxLength)
            throw new ValidationMetadataException($"The character length of the {text.Length} argument is too long. Shorten the character length of the argument so it is fewer than or equal to \"{MaxLength}\" characters, and then try the command again.");
    }
}
