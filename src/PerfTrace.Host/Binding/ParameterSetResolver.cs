using System.Management.Automation;
using System.Numerics;

namespace PerfTrace.Host.Binding;

/// <summary>Chooses the parameter set, by PowerShell's rules and in its order.</summary>
internal static class ParameterSetResolver
{
    private const string CannotBeResolved = "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or an insufficient number of parameters were provided.";

    /// <summary>
    /// After the command line: one set, or (where objects are still to come from the pipeline) those sets that they can complete.
    /// </summary>
    public static void ResolveCommandLine(BindingState state, bool expectsInput)
    {
        Narrow(state, expectsInput);
        if (expectsInput && BitOperations.PopCount(state.Sets) > 1)
        {
            ulong takingInput = SetsTakingPipeline(state);
            if (takingInput != 0)
                state.Sets = takingInput;
        }

        RequireMandatory(state, parameter => !(expectsInput && parameter.TakesPipeline), MissingOnCommandLine);
    }

    /// <summary>After an object from the pipeline: one set, with all that it must have.</summary>
    public static void ResolveInput(BindingState state)
    {
        Narrow(state, expectsInput: false);
        RequireMandatory(state, _ => true, MissingInInput);
    }

    public static void Narrow(BindingState state, bool expectsInput)
    {
        if (state.Sets == 0)
            throw Ambiguous(state);
        if (BitOperations.PopCount(state.Sets) == 1)
            return;
        ulong defaultSet = state.Definition.DefaultSet & state.Sets;
        if (defaultSet != 0)
        {
            if (!expectsInput)
                state.Sets = defaultSet;
            return;
        }

        if (expectsInput && SetsTakingPipeline(state) != 0)
            return;
        ulong complete = state.Sets;
        foreach (ParameterDefinition parameter in state.Unbound)
        {
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if (entry.Attribute.Mandatory)
                    complete &= ~entry.Sets;
            }
        }

        if (BitOperations.PopCount(complete) != 1)
            throw Ambiguous(state);
        state.Sets = complete;
    }

    private static ulong SetsTakingPipeline(BindingState state)
    {
        ulong sets = 0;
        foreach (ParameterDefinition parameter in state.Unbound)
        {
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if (entry.TakesPipeline)
                    sets |= entry.Sets & state.Sets;
            }
        }

        return sets;
    }

    /// <summary>Drops the sets that lack a mandatory parameter; if that would leave none, says what the likeliest of them lacks.</summary>
    private static void RequireMandatory(BindingState state, Func<ParameterDefinition, bool> isDue, Func<string, ParameterBindingException> error)
    {
        ulong incomplete = 0;
        foreach (ParameterDefinition parameter in state.Unbound)
        {
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if (entry.Attribute.Mandatory && isDue(parameter))
                    incomplete |= entry.Sets & state.Sets;
            }
        }

        if ((state.Sets & ~incomplete) != 0)
        {
            state.Sets &= ~incomplete;
            return;
        }

        ulong likeliest = state.Definition.DefaultSet & state.Sets;
        if (likeliest == 0)
            likeliest = 1UL << BitOperations.TrailingZeroCount(state.Sets);
        throw error(string.Join(' ', state.Unbound.Where(parameter => parameter.IsMandatoryIn(likeliest) && isDue(parameter))));
    }

    private static ParameterBindingException Ambiguous(BindingState state)
    {
        string given = string.Join(", ", state.Bound.Where(parameter => !parameter.IsCommon).Select(parameter => "-" + parameter.Name));
        return new ParameterBindingException("AmbiguousParameterSet", CannotBeResolved + (given.Length == 0 ? "" : $" Given: {given}."));
    }

    private static ParameterBindingException MissingOnCommandLine(string names) =>
        new("MissingMandatoryParameter", $"Cannot process command because of one or more missing mandatory parameters: {names}.");

    private static ParameterBindingException MissingInInput(string names) =>
        new("InputObjectMissingMandatory", $"The input object cannot be bound because it did not contain the information required to bind all mandatory parameters: {names}");
}
