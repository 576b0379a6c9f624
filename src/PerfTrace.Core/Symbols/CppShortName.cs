namespace PerfTrace.Symbols;

/// <summary>
/// Takes parameters and return type off a demangled C++ name: <c>long ns::spin&lt;long&gt;(long)</c> is <c>ns::spin&lt;long&gt;</c>. Perf prints names so.
/// </summary>
internal static class CppShortName
{
    private static readonly string[] s_qualifiers = [" const", " volatile", " restrict", " &", " &&"];

    // Of these the whole is kept: thunks and tables name what they are for with its parameters.
    private static readonly string[] s_special =
    [
        "vtable for ", "VTT for ", "construction vtable for ", "typeinfo for ", "typeinfo name for ", "typeinfo fn for ", "non-virtual thunk to ", "virtual thunk to ",
        "covariant return thunk to ", "guard variable for ", "reference temporary #", "TLS init function for ", "TLS wrapper function for ", "transaction clone for ",
        "non-transaction clone for ", "template parameter object for ", "hidden alias for ", "java Class for ", "initializer for module ",
    ];

    public static string Of(string full)
    {
        foreach (string special in s_special)
        {
            if (full.StartsWith(special, StringComparison.Ordinal))
                return full;
        }
        return Shorten(full).ToString();
    }

    private static ReadOnlySpan<char> Shorten(ReadOnlySpan<char> full)
    {
        ReadOnlySpan<char> name = WithoutQualifiers(full);
        Parts parts = Parts.Of(name);
        if (parts.LastOpen <= 0 || parts.LastClose != name.Length - 1)
        {
            // A reference to an array is returned: int (&name(char)) [3].
            if (name.EndsWith("]") && parts.LastOpen > 0 && name[(parts.LastClose + 1)..].StartsWith(" [") && Declarator(name, parts) is var inner && !inner.IsEmpty)
                return Shorten(inner);
            return full;
        }
        ReadOnlySpan<char> before = name[..parts.LastOpen];
        // A pointer to a function is returned: void (*name(int))(char).
        Parts outer = Parts.Of(before);
        if (outer.LastOpen > 0 && outer.LastClose == before.Length - 1 && Declarator(before, outer) is var pointed && !pointed.IsEmpty)
            return Shorten(pointed);
        return before[outer.NameStart..];
    }

    private static ReadOnlySpan<char> WithoutQualifiers(ReadOnlySpan<char> name)
    {
        for (int before = 0; before != name.Length;)
        {
            before = name.Length;
            foreach (string qualifier in s_qualifiers)
            {
                if (name.EndsWith(qualifier))
                    name = name[..^qualifier.Length];
            }
        }
        return name;
    }

    // What is in the last parentheses, when it is a pointer or reference to something; else nothing.
    private static ReadOnlySpan<char> Declarator(ReadOnlySpan<char> name, Parts parts)
    {
        if (name[parts.LastOpen - 1] != ' ')
            return default;
        ReadOnlySpan<char> inner = name[(parts.LastOpen + 1)..parts.LastClose];
        int mark = inner.IndexOfAny('*', '&');
        // "*", "&&", or of a member "Class::*".
        if (mark < 0 || (mark > 0 && !inner[..mark].EndsWith("::")))
            return default;
        return inner[mark..].TrimStart("*& ");
    }

    /// <summary>Where the parts of a name are that are in no brackets.</summary>
    /// <param name="NameStart">Behind the return type.</param>
    /// <param name="LastOpen">The last parenthesis that opens; -1: there is none.</param>
    /// <param name="LastClose">The one that closes it.</param>
    private readonly record struct Parts(int NameStart, int LastOpen, int LastClose)
    {
        private const string Operator = "operator";

        // Longest first.
        private static readonly string[] s_symbols =
        [
            "<<=", ">>=", "<=>", "->*", "()", "[]", "->", "<<", ">>", "<=", ">=", "&&", "||", "==", "!=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<", ">", "+", "-", "*", "/",
            "%", "^", "&", "|", "~", "!", "=", ",", "?",
        ];

        public static Parts Of(ReadOnlySpan<char> name)
        {
            int start = 0, open = -1, close = -1;
            var brackets = new Stack<(char Kind, int At)>();
            for (int i = 0; i < name.Length; i++)
            {
                char c = name[i];
                switch (c)
                {
                    case '(' or '{' or '[' or '<':
                        brackets.Push((c, i));
                        break;
                    case '>':
                        if (i > 0 && name[i - 1] != '-' && brackets.TryPeek(out (char Kind, int At) top) && top.Kind == '<')
                            brackets.Pop();
                        break;
                    case ')' or '}' or ']':
                        char opening = c == ')' ? '(' : c == '}' ? '{' : '[';
                        while (brackets.TryPop(out (char Kind, int At) other))
                        {
                            if (other.Kind != opening)
                                continue;
                            if (c == ')' && brackets.Count == 0)
                                (open, close) = (other.At, i);
                            break;
                        }
                        break;
                    case ' ' when brackets.Count == 0:
                        start = i + 1;
                        break;
                    case 'o' when name[i..].StartsWith(Operator) && (i == 0 || !IsOfName(name[i - 1])):
                        int behind = i + Operator.Length;
                        if (behind < name.Length && IsOfName(name[behind]))
                            break;
                        // operator int, operator new, operator"" _s: all that follows is of the name.
                        if (brackets.Count == 0 && behind < name.Length && name[behind] is ' ' or '"')
                            return new Parts(start, LastGroup(name, behind, out close), close);
                        i = behind - 1 + SymbolLength(name[behind..]);
                        // "operator< <int>" has a space that parts nothing.
                        if (i + 2 < name.Length && name[i + 1] == ' ' && name[i + 2] == '<')
                            i++;
                        break;
                    default:
                        break;
                }
            }
            return new Parts(start, open, close);
        }

        // The last parentheses in a conversion's name: operator std::function<void ()>().
        private static int LastGroup(ReadOnlySpan<char> name, int from, out int close)
        {
            close = name.Length - 1;
            if (!name.EndsWith(")"))
                return -1;
            int depth = 0;
            for (int i = close; i > from; i--)
            {
                depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
                if (depth == 0)
                    return i;
            }
            return -1;
        }

        private static int SymbolLength(ReadOnlySpan<char> rest)
        {
            foreach (string symbol in s_symbols)
            {
                if (rest.StartsWith(symbol))
                    return symbol.Length;
            }
            return 0;
        }

        private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
    }
}
