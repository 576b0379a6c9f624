using System.Globalization;

namespace PerfTrace.Host.Binding;

/// <summary>One element of an argument. Quoted words are text whatever they look like.</summary>
internal readonly record struct Word(string Text, bool IsQuoted)
{
    /// <summary>
    /// The value of the word: a number or <c>$true</c>, <c>$false</c>, <c>$null</c> where it is bare and looks like one, else its text.
    /// </summary>
    public object? ToValue()
    {
        if (IsQuoted)
            return Text;
        if (Text.StartsWith('$'))
        {
            return Text.ToLower(CultureInfo.InvariantCulture) switch
            {
                "$true" => true,
                "$false" => false,
                "$null" => null,
                _ => Text,
            };
        }

        return NumberParser.TryParse(Text, out object number) ? new BareNumber(Text, number) : Text;
    }
}
