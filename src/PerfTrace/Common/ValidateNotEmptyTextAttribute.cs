using System.Collections;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Refuses an empty text where a parameter takes texts and objects: ValidateNotNullOrEmpty looks into strings alone.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateNotEmptyTextAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        // Whether there has to be one is for other attributes to say.
        object? value = arguments is PSObject wrapped ? wrapped.BaseObject : arguments;
        foreach (object? element in value is IEnumerable elements and not string ? elements : new[] { value })
        {
            if (element?.ToString() is "")
                throw new ValidationMetadataException("The text is empty: give an object, an id, a name or a path.");
        }
    }
}
