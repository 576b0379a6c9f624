#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Neither null nor a collection with a null in it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateNotNullAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null)
            throw new ValidationMetadataException("The argument is null. Provide a valid value for the argument, and then try running the command again.");
        if (LanguagePrimitives.GetEnumerable(arguments) is not { } elements)
            return;
        foreach (object element in elements)
        {
            if (element is null)
                throw new ValidationMetadataException("The argument is null, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again.");
        }
    }
}
