namespace PerfTrace.Kernel;

/// <summary>Finds the names that a misspelt one may have meant.</summary>
internal static class NearestNames
{
    /// <summary>At most <paramref name="most"/> of the names, nearest first; none that differs in more than a third of its letters.</summary>
    public static IReadOnlyList<string> Find(string wrong, IEnumerable<string> names, int most = 3)
    {
        var found = new List<(int Distance, string Name)>();
        int limit = Math.Max(1, Math.Min(6, wrong.Length / 3));
        int[] buffer = new int[3 * (wrong.Length + 1)];
        foreach (string name in names)
        {
            if (Math.Abs(name.Length - wrong.Length) > limit)
                continue;
            int distance = Distance(wrong, name, buffer);
            if (distance <= limit)
                found.Add((distance, name));
        }
        return found.OrderBy(static f => f.Distance).ThenBy(static f => f.Name, StringComparer.Ordinal).Select(static f => f.Name).Distinct().Take(most).ToArray();
    }

    // Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each.
    private static int Distance(string a, string b, int[] buffer)
    {
        int width = a.Length + 1;
        Span<int> beforeLast = buffer.AsSpan(0, width), last = buffer.AsSpan(width, width), row = buffer.AsSpan(2 * width, width);
        for (int i = 0; i < width; i++)
            last[i] = i;
        for (int j = 1; j <= b.Length; j++)
        {
            row[0] = j;
            char cb = char.ToLowerInvariant(b[j - 1]);
            for (int i = 1; i < width; i++)
            {
                char ca = char.ToLowerInvariant(a[i - 1]);
                int cost = Math.Min(Math.Min(last[i], row[i - 1]) + 1, last[i - 1] + (ca == cb ? 0 : 1));
                if (i > 1 && j > 1 && ca == char.ToLowerInvariant(b[j - 2]) && char.ToLowerInvariant(a[i - 2]) == cb)
                    cost = Math.Min(cost, beforeLast[i - 2] + 1);
                row[i] = cost;
            }
            Span<int> spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[a.Length];
    }
}
