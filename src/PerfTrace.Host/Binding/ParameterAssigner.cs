using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Host.Binding;

/// <summary>Gives one parameter its value, in PowerShell's steps: transform, convert, check for null and empty, validate, set.</summary>
internal sealed class ParameterAssigner(Cmdlet cmdlet, CommonParameters common)
{
    private static readonly EngineIntrinsics s_engine = new();

    public object TargetOf(ParameterDefinition parameter) => parameter.IsCommon ? common : cmdlet;

    /// <summary>False if the value would need a conversion and none is wanted.</summary>
    /// <exception cref="ParameterBindingException">The value does not fit the parameter.</exception>
    public bool TryAssign(ParameterDefinition parameter, object? value, bool convert)
    {
        object? argument = Transform(parameter, value);
        if (!convert && !ValueConverter.MatchesWithoutConversion(argument, parameter.Type))
            return false;
        if (!ValueConverter.TryConvert(argument, parameter.Type, out object? converted, out string? reason))
            throw new ParameterBindingException("CannotConvertArgumentNoMessage", $"Cannot bind parameter '{parameter.Name}'. {reason}", parameter.Name, argument);

        RefuseNullOrEmpty(parameter, converted);
        Validate(parameter, converted);
        Set(parameter, converted);
        return true;
    }

    private static object? Transform(ParameterDefinition parameter, object? value)
    {
        if (parameter.Transformations.Count == 0)
            return value;
        object? argument = Unwrap(value, parameter.Type);
        foreach (ArgumentTransformationAttribute transformation in parameter.Transformations)
        {
            if (argument is null && !transformation.TransformNullOptionalParameters && !parameter.IsMandatoryIn(parameter.Sets))
                continue;
            try
            {
                argument = transformation.Transform(s_engine, argument!);
            }
            catch (Exception exception) when (exception is not PipelineStoppedException)
            {
                // Whatever the transformation objects to, the argument is what is wrong.
                throw new ParameterBindingException(
                    TransformationError, $"Cannot process argument transformation on parameter '{parameter.Name}'. {exception.Message}", parameter.Name, argument, exception);
            }
        }

        return argument;
    }

    /// <summary>The id of the error for a transformation that failed.</summary>
    public const string TransformationError = "ParameterArgumentTransformationError";

    /// <summary>A transformation sees numbers as numbers, except on its way to a parameter of text.</summary>
    private static object? Unwrap(object? value, Type type)
    {
        bool wantsText = (CollectionConverter.ElementTypeOf(type) ?? type) == typeof(string);
        return value switch
        {
            BareNumber bare => wantsText ? bare.Text : bare.Value,
            object?[] elements when value.GetType() == typeof(object[]) => Array.ConvertAll(elements, element => Unwrap(element, type)),
            _ => value,
        };
    }

    private static void RefuseNullOrEmpty(ParameterDefinition parameter, object? value)
    {
        if (!parameter.IsMandatoryIn(parameter.Sets))
            return;
        if (value is null && !parameter.AllowsNull)
            throw Refusal(parameter, "Null", "it is null");
        if (value is "" && !parameter.AllowsEmptyString)
            throw Refusal(parameter, "EmptyString", "it is an empty string");
        if (LanguagePrimitives.GetEnumerable(value) is not { } elements)
            return;
        bool any = false;
        foreach (object? element in elements)
        {
            any = true;
            if (element is null && !parameter.AllowsNull)
                throw Refusal(parameter, "Null", "it has an element that is null");
            if (element is "" && !parameter.AllowsEmptyString)
                throw Refusal(parameter, "EmptyString", "it has an element that is an empty string");
        }

        if (!any && !parameter.AllowsEmptyCollection)
            throw Refusal(parameter, "EmptyArray", "it is an empty array");
    }

    private static ParameterBindingException Refusal(ParameterDefinition parameter, string kind, string because) =>
        new($"ParameterArgumentValidationError{kind}NotAllowed", $"Cannot bind argument to parameter '{parameter.Name}' because {because}.", parameter.Name);

    private static void Validate(ParameterDefinition parameter, object? value)
    {
        foreach (ValidateArgumentsAttribute validation in parameter.Validations)
        {
            try
            {
                validation.InternalValidate(value!, s_engine);
            }
            catch (ValidationMetadataException exception)
            {
                throw new ParameterBindingException(
                    "ParameterArgumentValidationError", $"Cannot validate argument on parameter '{parameter.Name}'. {exception.Message}", parameter.Name, value, exception);
            }
        }
    }

    private void Set(ParameterDefinition parameter, object? value)
    {
        try
        {
            parameter.Property.SetValue(TargetOf(parameter), value);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            throw new ParameterBindingException("ParameterBindingFailed", $"Cannot bind parameter '{parameter.Name}' to the target. {inner.Message}", parameter.Name, value, inner);
        }

        if (cmdlet is PSCmdlet aware)
            aware.MyInvocation.BoundParameters[parameter.Name] = value!;
    }
}
