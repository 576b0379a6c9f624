#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>So many elements and no more.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateCountAttribute : ValidateArgumentsAttribute
{
    public ValidateCountAttribute(int minLength, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, minLength);
        MinLength = minLength;
        MaxLength = maxLength;
    }

    public int MinLength { get; }

    public int MaxLength { get; }

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        int count = arguments is null ? 0 : 1;
        if (LanguagePrimitives.GetEnumerable(arguments) is { } elements)
        {
            count = 0;
            foreach (object _ in elements)
                count++;
        }

        if (count < MinLength)
            throw new ValidationMetadataException($"The parameter requires at least {MinLength} value(s) and no more than {MaxLength} value(s) - {count} value(s) were provided.");
        if (count > MaxLength)
            throw new ValidationMetadataException($"The number of provided arguments, ({count}), exceeds the maximum number of allowed arguments ({MaxLength}). Provide fewer than {MaxLength + 1} arguments, and then try the command again.");
    }
}
