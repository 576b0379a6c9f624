namespace PerfTrace.Perf;

/// <summary>Wildcards in event names, without regard to case: <c>*</c>, <c>?</c> and <c>[a-z]</c>, as both perf and PowerShell have them.</summary>
internal static class NamePattern
{
    public static bool HasWildcard(ReadOnlySpan<char> pattern) => pattern.IndexOfAny("*?[") >= 0;

    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // The usual two-pointer walk: after a star, a mismatch goes back to just behind it, one character further in the name.
        int p = 0, n = 0, starPattern = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starName = n;
            }
            else if (p < pattern.Length && MatchOne(pattern[p..], name[n], out int length))
            {
                p += length;
                n++;
            }
            else if (starPattern >= 0)
            {
                p = starPattern;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool MatchOne(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = 1;
        if (pattern[0] == '?')
            return true;
        int close;
        if (pattern[0] != '[' || (close = pattern[1..].IndexOf(']')) <= 0)
            return char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(c);
        length = close + 2;
        ReadOnlySpan<char> set = pattern[1..(close + 1)];
        c = char.ToLowerInvariant(c);
        for (int i = 0; i < set.Length; i++)
        {
            char low = char.ToLowerInvariant(set[i]);
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= low && c <= char.ToLowerInvariant(set[i + 2]))
                    return true;
                i += 2;
            }
            else if (c == low)
            {
                return true;
            }
        }
        return false;
    }
}
