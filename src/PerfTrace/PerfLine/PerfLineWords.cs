using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace PerfTrace.Commands;

/// <summary>
/// Undoes what PowerShell does to the arguments of a function: <c>a,b</c> comes as an array, <c>-ecycles:u</c> as two words, <c>010</c> as a number that remembers its text. The first <c>--</c> does
/// not come at all, which is no loss: the first word that is no option ends the options anyway.
/// </summary>
internal static class PerfLineWords
{
    // What PowerShell's parser marks a word with that it took for a parameter (ParameterMark of the splatting binder).
    private const string ParameterMark = "<CommandParameterName>", StopParsing = "--%";

    public static IReadOnlyList<string> Of(IEnumerable<object?> arguments)
    {
        var words = new List<string>();
        bool isOpen = false, isRaw = false;
        foreach (object? argument in arguments)
        {
            if (argument is null)
                continue; // as for programs: $null is no argument
            string text = Text(argument);
            if (isRaw)
                words.AddRange(Split(text));
            else if (isOpen)
                words[^1] += text;
            else if (text != StopParsing)
                words.Add(text);
            isRaw |= text == StopParsing;
            isOpen = !isRaw && argument is PSObject marked && marked.Properties[ParameterMark] is not null && text.EndsWith(':');
        }
        return words;
    }

    private static string Text(object? argument) => argument switch
    {
        null => "",
        // A number knows how it was written.
        PSObject wrapped when wrapped.BaseObject is not IEnumerable or string => wrapped.ToString(),
        PSObject wrapped => Text(wrapped.BaseObject),
        string text => text,
        IEnumerable elements => string.Join(',', elements.Cast<object?>().Select(Text)),
        _ => Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "",
    };

    // What follows --% is one text: words between blanks, quotes as a shell takes them.
    private static IEnumerable<string> Split(string line)
    {
        var word = new StringBuilder();
        char quote = '\0';
        bool isWord = false;
        foreach (char c in line)
        {
            if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                isWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isWord)
                    yield return word.ToString();
                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }
        if (isWord)
            yield return word.ToString();
    }
}
