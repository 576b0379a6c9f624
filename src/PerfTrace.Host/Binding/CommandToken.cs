namespace PerfTrace.Host.Binding;

/// <summary>A piece of a command after its name.</summary>
internal abstract record CommandToken(string Text);

/// <summary><c>-Name</c>, or <c>-Name:value</c> with the value attached.</summary>
internal sealed record ParameterToken(string Text, string Name, ArgumentToken? Attached) : CommandToken(Text);

/// <summary>A value. It is a list if an unquoted comma separates words.</summary>
internal sealed record ArgumentToken(string Text, IReadOnlyList<Word> Words, bool IsList) : CommandToken(Text)
{
    /// <summary>
    /// The value for a parameter of that type. Only parameters that can hold several values see a list: a shell has taken the
    /// quotes from <c>'a, b'</c>, so for all others the comma belongs to the text.
    /// </summary>
    public object? ToValue(Type type)
    {
        bool wantsList = type == typeof(object) || CollectionConverter.ElementTypeOf(Nullable.GetUnderlyingType(type) ?? type) is not null;
        if (!IsList)
            return Words[0].ToValue();
        return wantsList ? Words.Select(word => word.ToValue()).ToArray() : Text;
    }
}

/// <summary><c>--</c> and the words after it: a command and its arguments, taken as they are.</summary>
internal sealed record CommandLineToken(string Text, IReadOnlyList<string> Arguments) : CommandToken(Text);
