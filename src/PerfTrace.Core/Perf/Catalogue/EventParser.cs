using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>
/// Parses the event strings that perf-list(1) and perf-stat(1) describe:
/// <c>cycles:u,{a,b}:D,cpu/event=0x3c,umask=1/k,mem:0x1000/8:rw,sched:sched_switch,r1a8</c>.
/// </summary>
internal ref struct EventParser
{
    private readonly string _text;
    private int _at;

    private EventParser(string text) => _text = text;

    /// <exception cref="EventSyntaxException">The text does not follow the syntax.</exception>
    public static IReadOnlyList<GroupSyntax> Parse(string text)
    {
        var parser = new EventParser(text);
        var groups = new List<GroupSyntax>();
        do
            groups.Add(parser.ParseGroup());
        while (parser.TakeComma());
        return parser.AtEnd ? groups : throw parser.Error($"'{parser.Current}' was not expected here.");
    }

    private readonly bool AtEnd => _at >= _text.Length;

    private readonly char Current => AtEnd ? '\0' : _text[_at];

    private GroupSyntax ParseGroup()
    {
        SkipSpace();
        int start = _at;
        int brace = _at;
        while (brace < _text.Length && (char.IsAsciiLetterOrDigit(_text[brace]) || _text[brace] is '_' or '-'))
            brace++;
        if (brace >= _text.Length || _text[brace] != '{')
            return new GroupSyntax(null, [ParseEvent()], "", IsBraced: false);

        string? name = brace > start ? _text[start..brace] : null;
        _at = brace + 1;
        var events = new List<EventSyntax>();
        do
            events.Add(ParseEvent());
        while (TakeComma());
        if (!Take('}'))
            throw AtEnd ? new EventSyntaxException(_text, brace, "this brace is not closed.") : Error($"'{Current}' was not expected here; a group ends with '}}'.");
        string modifiers = "";
        if (Take(':'))
        {
            modifiers = TakeWhile(char.IsAsciiLetter);
            if (modifiers.Length == 0)
                throw Error("modifiers were expected after the colon.");
        }
        return new GroupSyntax(name, events, modifiers, IsBraced: true);
    }

    private EventSyntax ParseEvent()
    {
        SkipSpace();
        int start = _at;
        if (_text.AsSpan(_at).StartsWith("mem:", StringComparison.Ordinal))
            return ParseBreakpoint(start);

        var parts = new List<string> { TakeName() };
        while (Current == ':')
        {
            _at++;
            // libpfm4 separates a PMU from its event by two colons; the empty word between them keeps that apart.
            parts.Add(Current == ':' ? "" : TakeName());
        }
        if (Current != '/')
            return new EventSyntax(_text[start.._at].TrimEnd(), start, parts, null, "", null);

        int open = _at++;
        List<TermSyntax> terms = ParseTerms(open);
        Take(':');
        string suffix = TakeWhile(char.IsAsciiLetter);
        return new EventSyntax(_text[start.._at], start, parts, terms, suffix, null);
    }

    private string TakeName()
    {
        int start = _at;
        while (!AtEnd && Current is not (',' or '{' or '}' or '/' or ':') && !char.IsWhiteSpace(Current))
        {
            // A character class of a wildcard may hold anything.
            if (Current == '[' && _text.IndexOf(']', _at) is var close and > 0)
                _at = close;
            _at++;
        }
        if (_at == start)
            throw Error(AtEnd ? "an event's name was expected." : $"an event's name was expected, not '{Current}'.");
        string name = _text[start.._at];
        return name;
    }

    private List<TermSyntax> ParseTerms(int open)
    {
        var terms = new List<TermSyntax>();
        if (Take('/'))
            return terms;
        while (true)
        {
            SkipSpace();
            int position = _at;
            string name = TakeWhile(static c => c is not (',' or '=' or '/')).Trim();
            if (name.Length == 0)
            {
                throw AtEnd
                    ? new EventSyntaxException(_text, open, "this slash is not closed.")
                    : new EventSyntaxException(_text, position, "a term was expected.");
            }
            string? value = Take('=') ? TakeTermValue() : null;
            terms.Add(new TermSyntax(name, value, position));
            SkipSpace();
            if (Take('/'))
                return terms;
            if (!Take(','))
                throw new EventSyntaxException(_text, open, "this slash is not closed.");
        }
    }

    private string TakeTermValue()
    {
        SkipSpace();
        if (Current is not ('\'' or '"'))
            return TakeWhile(static c => c is not (',' or '/')).Trim();
        char quote = Current;
        int close = _text.IndexOf(quote, _at + 1);
        if (close < 0)
            throw Error("this quote is not closed.");
        string value = _text[(_at + 1)..close];
        _at = close + 1;
        return value;
    }

    private EventSyntax ParseBreakpoint(int start)
    {
        _at += 4;
        ulong address = TakeNumber("an address");
        ulong? length = Take('/') ? TakeNumber("a length") : null;
        string? access = null;
        string suffix = "";
        if (Take(':'))
        {
            string word = TakeWhile(char.IsAsciiLetter);
            if (word.Length is >= 1 and <= 3 && word.AsSpan().IndexOfAnyExcept("rwx") < 0)
            {
                access = word;
                if (Take(':'))
                    suffix = TakeWhile(char.IsAsciiLetter);
            }
            else
            {
                suffix = word;
            }
            if (word.Length == 0 || (access is not null && _text[_at - 1] == ':'))
                throw Error("an access (r, w, x) or modifiers were expected after the colon.");
        }
        return new EventSyntax(_text[start.._at], start, ["mem"], null, suffix, new BreakpointSyntax(address, length, access));
    }

    private ulong TakeNumber(string what)
    {
        int start = _at;
        string word = TakeWhile(char.IsAsciiLetterOrDigit);
        return EventNumber.TryParse(word, out ulong value) ? value : throw new EventSyntaxException(_text, start, $"{what} was expected.");
    }

    private string TakeWhile(Func<char, bool> accept)
    {
        int start = _at;
        while (!AtEnd && accept(Current))
            _at++;
        return _text[start.._at];
    }

    private bool Take(char c)
    {
        if (Current != c || AtEnd)
            return false;
        _at++;
        return true;
    }

    /// <summary>A comma, with space around it.</summary>
    private bool TakeComma()
    {
        SkipSpace();
        return Take(',');
    }

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Current))
            _at++;
    }

    private readonly EventSyntaxException Error(string problem) => new(_text, _at, problem);
}
