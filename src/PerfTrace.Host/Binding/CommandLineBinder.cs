using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>Binds what was typed after a cmdlet's name: names first, then positions, then the remaining arguments.</summary>
internal sealed class CommandLineBinder(BindingState state, ParameterAssigner assigner)
{
    private readonly List<PositionalArgument> _unbound = [];
    private ParameterBindingException? _positionalFailure;

    private CommandDefinition Definition => state.Definition;

    public void Bind(IReadOnlyList<CommandToken> tokens, bool expectsInput)
    {
        if (Definition.UsableSets == 0)
            throw new ParameterBindingException("CommandNeedsPowerShell", ScriptBlock.NeedsPowerShell);
        BindNamed(tokens);
        // Names that exclude each other are the thing to report, before any position is looked at.
        if (state.Sets != 0)
            BindPositional();
        BindRemaining();
        RefuseUnbound();
        ParameterSetResolver.ResolveCommandLine(state, expectsInput);
    }

    private void BindNamed(IReadOnlyList<CommandToken> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            switch (tokens[i])
            {
                case ArgumentToken argument:
                    _unbound.Add(new PositionalArgument(argument, IsRemainingOnly: false));
                    break;
                case CommandLineToken commandLine:
                    BindCommand(commandLine);
                    break;
                case ParameterToken token:
                    ArgumentToken? next = i + 1 < tokens.Count ? tokens[i + 1] as ArgumentToken : null;
                    if (BindParameter(token, next))
                        i++;
                    break;
            }
        }
    }

    /// <summary>True if the argument after the parameter was its value.</summary>
    private bool BindParameter(ParameterToken token, ArgumentToken? next)
    {
        if (ParameterNameResolver.Find(Definition, token.Name) is not { } parameter)
        {
            KeepUnknownName(token);
            return false;
        }

        if (token.Attached is not null)
            BindNamed(parameter, token.Attached.ToValue(parameter.Type));
        else if (parameter.IsSwitch)
            BindNamed(parameter, SwitchParameter.Present);
        else if (next is not null)
            BindNamed(parameter, next.ToValue(parameter.Type));
        else
            throw new ParameterBindingException("MissingArgument", $"Missing an argument for parameter '{parameter.Name}'. Specify a parameter of type '{parameter.Type}' and try again.", parameter.Name);
        return token.Attached is null && !parameter.IsSwitch;
    }

    private void BindNamed(ParameterDefinition parameter, object? value)
    {
        if (state.IsBound(parameter))
            throw new ParameterBindingException("ParameterAlreadyBound", $"Cannot bind parameter because parameter '{parameter.Name}' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\".", parameter.Name);
        assigner.TryAssign(parameter, value, convert: true);
        state.MarkBound(parameter);
    }

    /// <summary>
    /// As in PowerShell, a cmdlet that takes remaining arguments takes unknown parameters among them: <c>Get-PerfCounter ls -la</c>. Unlike
    /// there, not before the first argument without a name: what stands there is a parameter that was mistyped.
    /// </summary>
    private void KeepUnknownName(ParameterToken token)
    {
        if (_unbound.Count == 0 || !Definition.Parameters.Any(parameter => parameter.Entries.Any(entry => entry.Attribute.ValueFromRemainingArguments)))
            throw ParameterNameResolver.NotFound(Definition, token.Name);
        _unbound.Add(new PositionalArgument(new ArgumentToken(token.Text, [new Word(token.Text, IsQuoted: true)], IsList: false), IsRemainingOnly: true));
    }

    private void BindCommand(CommandLineToken commandLine)
    {
        if (Definition.FindExact("Command") is not { } command || Definition.FindExact("ArgumentList") is not { } argumentList)
            throw new ParameterBindingException("CommandNotAccepted", $"{Definition.Name} does not run a command: nothing may follow '--'.");
        if (commandLine.Arguments.Count == 0)
            throw new ParameterBindingException("MissingArgument", "A command is expected after '--'.", command.Name);
        BindNamed(command, commandLine.Arguments[0]);
        if (commandLine.Arguments.Count > 1)
            BindNamed(argumentList, commandLine.Arguments.Skip(1).ToArray());
    }

    private void BindPositional()
    {
        int position = int.MinValue;
        while (NextPosition(ref position) && _unbound.Find(argument => !argument.IsRemainingOnly) is { } next)
        {
            // The default set's parameter goes first, and one that needs no conversion before one that does.
            ulong defaultSet = Definition.DefaultSet & state.Sets;
            bool isBound = BindAt(position, defaultSet, next.Token, convert: false)
                || BindAt(position, state.Sets, next.Token, convert: false)
                || BindAt(position, defaultSet, next.Token, convert: true)
                || BindAt(position, state.Sets, next.Token, convert: true);
            if (!isBound)
                break;
            _unbound.Remove(next);
        }
    }

    /// <summary>Goes to the lowest position above this one that a parameter without a value has. What takes the remaining arguments waits for them.</summary>
    private bool NextPosition(ref int position)
    {
        int next = int.MaxValue;
        foreach (ParameterDefinition parameter in state.Unbound)
        {
            foreach (ParameterSetEntry entry in parameter.Entries)
            {
                if ((entry.Sets & state.Sets) != 0 && entry.Attribute.Position > position && !entry.Attribute.ValueFromRemainingArguments)
                    next = Math.Min(next, entry.Attribute.Position);
            }
        }

        position = next;
        return next != int.MaxValue;
    }

    private bool BindAt(int position, ulong sets, ArgumentToken argument, bool convert)
    {
        foreach (ParameterDefinition parameter in state.Unbound)
        {
            if (!parameter.Entries.Any(entry => entry.Attribute.Position == position && (entry.Sets & sets) != 0 && !entry.Attribute.ValueFromRemainingArguments))
                continue;
            try
            {
                if (!assigner.TryAssign(parameter, argument.ToValue(parameter.Type), convert))
                    continue;
                state.MarkBound(parameter);
                return true;
            }
            catch (ParameterBindingException exception)
            {
                // A parameter of another set may take it. If none does, this is what there is to say.
                _positionalFailure ??= exception;
            }
        }

        return false;
    }

    private void BindRemaining()
    {
        if (_unbound.Count == 0)
            return;
        ParameterDefinition? remaining = state.Unbound.FirstOrDefault(parameter =>
            parameter.Entries.Any(entry => entry.Attribute.ValueFromRemainingArguments && (entry.Sets & state.Sets) != 0));
        if (remaining is null)
            return;

        // One list is the list. Among other arguments, which a command may be meant to get, a comma is only a comma.
        object? value = _unbound is [{ Token.IsList: true } only]
            ? only.Token.ToValue(typeof(object))
            : _unbound.Select(argument => argument.Token.IsList ? argument.Token.Text : argument.Token.Words[0].ToValue()).ToArray();
        BindNamed(remaining, value);
        _unbound.Clear();
    }

    private void RefuseUnbound()
    {
        if (_unbound.Count == 0)
            return;
        if (_positionalFailure is not null)
            throw _positionalFailure;
        // Arguments without a place are the smaller mistake where the names already contradict each other.
        if (state.Sets == 0)
            ParameterSetResolver.Narrow(state, expectsInput: false);
        PositionalArgument first = _unbound[0];
        throw first.IsRemainingOnly
            ? ParameterNameResolver.NotFound(Definition, first.Token.Text.TrimStart('-'))
            : new ParameterBindingException("PositionalParameterNotFound", $"A positional parameter cannot be found that accepts argument '{first.Token.Text}'.", target: first.Token.Text);
    }

    /// <summary>An argument without a name. One that looked like a parameter can only be a remaining argument.</summary>
    private sealed record PositionalArgument(ArgumentToken Token, bool IsRemainingOnly);
}
