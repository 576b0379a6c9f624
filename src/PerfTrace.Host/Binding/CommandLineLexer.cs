using System.Text;

namespace PerfTrace.Host.Binding;

/// <summary>
/// Reads a pipeline written as one text: words, single and double quotes, commas, backtick escapes and <c>|</c>. What only a
/// PowerShell could evaluate (variables, expressions, script blocks, redirections) is refused by name.
/// </summary>
internal sealed class CommandLineLexer
{
    private readonly string _text;
    private int _position;

    private CommandLineLexer(string text) => _text = text;

    public static IReadOnlyList<CommandCall> Lex(string text)
    {
        var lexer = new CommandLineLexer(text);
        var calls = new List<CommandCall>();
        do
        {
            calls.Add(lexer.ReadCall());
        }
        while (lexer.TakePipe());
        return calls;
    }

    private CommandCall ReadCall()
    {
        if (!SkipSpaceToWord())
            throw new UsageException("An empty pipeline element is not allowed: the name of a cmdlet is expected.");
        string name = ReadWord().Plain;
        var builder = new TokenBuilder();
        while (SkipSpaceToWord())
        {
            QuotedText word = ReadWord();
            if (word.Shape == "--")
                builder.AddCommandLine(ReadCommandLine());
            else
                builder.Add(word);
        }

        return new CommandCall(name, builder.Build());
    }

    private List<string> ReadCommandLine()
    {
        var arguments = new List<string>();
        while (SkipSpaceToWord())
            arguments.Add(ReadWord().Plain);
        return arguments;
    }

    private bool TakePipe()
    {
        if (_position >= _text.Length)
            return false;
        _position++;
        return true;
    }

    /// <summary>Goes to the next word of this cmdlet; false at a pipe or at the end.</summary>
    private bool SkipSpaceToWord()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
            _position++;
        return _position < _text.Length && _text[_position] != '|';
    }

    private QuotedText ReadWord()
    {
        RefuseExpression();
        var word = new QuotedText.Builder();
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (char.IsWhiteSpace(c) || c == '|')
                break;
            if (c == '\'')
            {
                word.AppendQuoted(ReadSingleQuoted());
            }
            else if (c == '"')
            {
                word.AppendQuoted(ReadDoubleQuoted());
            }
            else if (c == '`' && _position + 1 < _text.Length)
            {
                word.AppendQuoted(_text[_position + 1].ToString());
                _position += 2;
            }
            else
            {
                RefuseInWord(c, word.Shape);
                word.AppendBare(c);
                _position++;
            }
        }

        return word.Build();
    }

    private string ReadSingleQuoted()
    {
        int open = _position++;
        var text = new StringBuilder();
        while (_position < _text.Length)
        {
            char c = _text[_position++];
            if (c != '\'')
                text.Append(c);
            else if (_position < _text.Length && _text[_position] == '\'')
                text.Append(_text[_position++]);
            else
                return text.ToString();
        }

        throw Unterminated(open);
    }

    private string ReadDoubleQuoted()
    {
        int open = _position++;
        var text = new StringBuilder();
        while (_position < _text.Length)
        {
            char c = _text[_position++];
            char next = _position < _text.Length ? _text[_position] : '\0';
            if (c == '`' && next != '\0')
            {
                text.Append(Unescape(next));
                _position++;
            }
            else if (c == '"' && next == '"')
            {
                text.Append('"');
                _position++;
            }
            else if (c == '"')
            {
                return text.ToString();
            }
            else if (c == '$' && (char.IsLetter(next) || next is '_' or '{' or '('))
            {
                throw Refused("variables or expressions inside double quotes. Use single quotes, or a backtick before the $");
            }
            else
            {
                text.Append(c);
            }
        }

        throw Unterminated(open);
    }

    private static char Unescape(char c) => c switch
    {
        '0' => '\0',
        'a' => '\a',
        'e' => '\e',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => c,
    };

    private void RefuseExpression()
    {
        char c = _text[_position];
        char next = _position + 1 < _text.Length ? _text[_position + 1] : '\0';
        if (c == '(' || (c == '@' && next is '(' or '{'))
            throw Refused("expressions in parentheses, arrays or hash tables. A list is written a,b");
        if (c != '{')
            return;
        // An event group is one word without spaces; anything else in braces is code.
        string braces = _text[_position..(ListSplitter.EndOfBraces(_text, _position) + 1)];
        if (braces.Any(inner => char.IsWhiteSpace(inner) || inner is '$' or ';'))
            throw Refused($"script blocks: {braces}");
    }

    private void RefuseInWord(char c, string wordSoFar)
    {
        if (c is ';' or '&' or '<' or '>')
            throw Refused($"the operator {c}. Quote it if it is part of an argument");
        bool beginsValue = wordSoFar.Length == 0 || wordSoFar[^1] == ',' || (wordSoFar[0] == '-' && wordSoFar[^1] == ':');
        if (c == '$' && beginsValue && !IsConstant(_text.AsSpan(_position + 1)))
            throw Refused("variables. Quote the $ if it is part of an argument");
    }

    private static bool IsConstant(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAny(" \t\n,|");
        ReadOnlySpan<char> name = length < 0 ? text : text[..length];
        return name.Equals("true", StringComparison.OrdinalIgnoreCase)
            || name.Equals("false", StringComparison.OrdinalIgnoreCase)
            || name.Equals("null", StringComparison.OrdinalIgnoreCase);
    }

    private static UsageException Refused(string what) => new($"perftrace is not a PowerShell: it has no {what}.");

    private UsageException Unterminated(int open) => new($"The string is missing the terminator: {_text[open..]}");
}
