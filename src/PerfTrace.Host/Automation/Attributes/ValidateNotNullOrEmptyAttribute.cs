#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Neither null nor empty: the argument itself, and each of its elements.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateNotNullOrEmptyAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is null or "")
            throw new ValidationMetadataException("The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.");
        if (LanguagePrimitives.GetEnumerable(arguments) is not { } elements)
            return;
        bool any = false;
        foreach (object element in elements)
        {
            any = true;
            if (element is null or "")
                throw new ValidationMetadataException("The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again.");
        }

        if (!any)
            throw new ValidationMetadataException("The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again.");
    }
}
