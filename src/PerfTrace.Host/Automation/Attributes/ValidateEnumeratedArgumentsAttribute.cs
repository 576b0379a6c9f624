#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>The base of validations that look at each element of an array by itself.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public abstract class ValidateEnumeratedArgumentsAttribute : ValidateArgumentsAttribute
{
    protected abstract void ValidateElement(object element);

    protected sealed override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null)
            throw new ValidationMetadataException("The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.");
        if (LanguagePrimitives.GetEnumerable(arguments) is not { } elements)
        {
            ValidateElement(arguments);
            return;
        }

        foreach (object element in elements)
            ValidateElement(element);
    }
}
