using System.Globalization;
using System.Text;

namespace System.Management.Automation;

/// <summary>
/// PowerShell's wildcards: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, a backtick before a character that stands for itself.
/// Case counts unless <see cref="WildcardOptions.IgnoreCase"/> is given.
/// </summary>
public sealed class WildcardPattern
{
    private const char EscapeCharacter = '`';

    private readonly List<Element> _elements = [];
    private readonly bool _ignoreCase;
    private readonly CultureInfo _culture;

    public WildcardPattern(string pattern)
        : this(pattern, WildcardOptions.None)
    {
    }

    public WildcardPattern(string pattern, WildcardOptions options)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _ignoreCase = options.HasFlag(WildcardOptions.IgnoreCase);
        _culture = options.HasFlag(WildcardOptions.CultureInvariant) ? CultureInfo.InvariantCulture : CultureInfo.CurrentCulture;
        Parse(pattern);
    }

    public static WildcardPattern Get(string pattern, WildcardOptions options) => new(pattern, options);

    /// <summary>True if an unescaped wildcard character (a closing bracket too) is in the text.</summary>
    public static bool ContainsWildcardCharacters(string pattern)
    {
        if (pattern is null)
            return false;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (IsWildcardCharacter(pattern[i]))
                return true;
            if (pattern[i] == EscapeCharacter)
                i++;
        }

        return false;
    }

    /// <summary>A pattern that matches exactly this text.</summary>
    public static string Escape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var escaped = new StringBuilder(pattern.Length);
        foreach (char c in pattern)
        {
            if (IsWildcardCharacter(c) || c == EscapeCharacter)
                escaped.Append(EscapeCharacter);
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>The text that an escaped pattern stands for.</summary>
    public static string Unescape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var text = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            bool escapes = pattern[i] == EscapeCharacter && i + 1 < pattern.Length
                && (IsWildcardCharacter(pattern[i + 1]) || pattern[i + 1] == EscapeCharacter);
            text.Append(escapes ? pattern[++i] : pattern[i]);
        }

        return text.ToString();
    }

    public bool IsMatch(string input)
    {
        if (input is null)
            return false;

        // Greedy with one point of return: a later star never needs an earlier one to be tried again.
        int element = 0, position = 0, starElement = -1, starPosition = 0;
        while (position < input.Length)
        {
            if (element < _elements.Count && _elements[element].IsStar)
            {
                starElement = element++;
                starPosition = position;
            }
            else if (element < _elements.Count && _elements[element].Matches(Fold(input[position])))
            {
                element++;
                position++;
            }
            else if (starElement >= 0)
            {
                element = starElement + 1;
                position = ++starPosition;
            }
            else
            {
                return false;
            }
        }

        while (element < _elements.Count && _elements[element].IsStar)
            element++;
        return element == _elements.Count;
    }

    private static bool IsWildcardCharacter(char c) => c is '*' or '?' or '[' or ']';

    private char Fold(char c) => _ignoreCase ? char.ToLower(c, _culture) : c;

    private void Parse(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    _elements.Add(new Element(IsStar: true, Ranges: null));
                    break;
                case '?':
                    _elements.Add(new Element(IsStar: false, Ranges: [('\0', char.MaxValue)]));
                    break;
                case '[':
                    i = ParseBracket(pattern, i + 1);
                    break;
                case EscapeCharacter when i + 1 < pattern.Length:
                    AddLiteral(pattern[++i]);
                    break;
                default:
                    AddLiteral(pattern[i]);
                    break;
            }
        }
    }

    private void AddLiteral(char c) => _elements.Add(new Element(IsStar: false, Ranges: [(Fold(c), Fold(c))]));

    /// <summary>Reads a set up to its closing bracket; returns where that is. A bracket that comes first stands for itself.</summary>
    private int ParseBracket(string pattern, int start)
    {
        var members = new List<(char Character, bool IsDash)>();
        int i = start;
        for (; i < pattern.Length && (pattern[i] != ']' || i == start); i++)
        {
            if (pattern[i] == EscapeCharacter && i + 1 < pattern.Length)
                members.Add((pattern[++i], false));
            else
                members.Add((pattern[i], pattern[i] == '-'));
        }

        if (i >= pattern.Length)
            throw InvalidPattern(pattern);

        var ranges = new List<(char Low, char High)>();
        for (int m = 0; m < members.Count; m++)
        {
            char low = members[m].Character, high = low;
            if (m + 2 < members.Count && members[m + 1].IsDash)
            {
                high = members[m + 2].Character;
                m += 2;
                if (low > high)
                    throw InvalidPattern(pattern);
            }

            ranges.Add((low, high));
            if (_ignoreCase)
            {
                ranges.Add((char.ToLower(low, _culture), char.ToLower(high, _culture)));
                ranges.Add((char.ToUpper(low, _culture), char.ToUpper(high, _culture)));
            }
        }

        _elements.Add(new Element(IsStar: false, ranges));
        return i;
    }

    private static WildcardPatternException InvalidPattern(string pattern) =>
        new($"The specified wildcard character pattern is not valid: {pattern}");

    private sealed record Element(bool IsStar, List<(char Low, char High)>? Ranges)
    {
        public bool Matches(char c)
        {
            foreach ((char low, char high) in Ranges!)
            {
                if (c >= low && c <= high)
                    return true;
            }

            return false;
        }
    }
}
