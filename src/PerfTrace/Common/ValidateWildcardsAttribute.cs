using System.Collections;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Refuses what can not be a pattern before anything is done: WildcardPattern itself complains only when it is first asked, in the midst of things.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateWildcardsAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        // Whether there has to be one is for other attributes to say.
        object? value = arguments is PSObject wrapped ? wrapped.BaseObject : arguments;
        foreach (object? element in value is IEnumerable elements and not string ? elements : new[] { value })
            Check((element is PSObject inner ? inner.BaseObject : element)?.ToString() ?? "");
    }

    private static void Check(string text)
    {
        // The parts of system:name are patterns of their own.
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!IsPattern(text) || (colon >= 0 && !(IsPattern(text[..colon]) && IsPattern(text[(colon + 1)..]))))
            throw new ValidationMetadataException($"'{text}' is no pattern: a set of characters begins with '[' and ends with ']', as in [a-c]*. Write `[ in single quotes for the character itself.");
    }

    private static bool IsPattern(string text)
    {
        try
        {
            // It is read only now.
            _ = WildcardPattern.Get(text, WildcardOptions.None).IsMatch("x");
            return true;
        }
        catch (WildcardPatternException)
        {
            return false;
        }
    }
}
