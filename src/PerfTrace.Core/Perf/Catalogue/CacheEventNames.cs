namespace PerfTrace.Perf;

/// <summary>
/// Names of PERF_TYPE_HW_CACHE events: <c>CACHE[-OPERATION][-RESULT]</c>, each part with the synonyms that perf takes.
/// The numbers are enum perf_hw_cache_id, perf_hw_cache_op_id and perf_hw_cache_op_result_id of
/// <c>include/uapi/linux/perf_event.h</c>: config = cache | operation &lt;&lt; 8 | result &lt;&lt; 16.
/// </summary>
internal static class CacheEventNames
{
    private const int Read = 0, Write = 1, Prefetch = 2;

    private static readonly string[][] Caches =
    [
        ["L1-dcache", "l1-d", "l1d", "L1-data"],
        ["L1-icache", "l1-i", "l1i", "L1-instruction"],
        ["LLC", "L2"],
        ["dTLB", "d-tlb", "Data-TLB"],
        ["iTLB", "i-tlb", "Instruction-TLB"],
        ["branch", "branches", "bpu", "btb", "bpc"],
        ["node"],
    ];

    private static readonly string[] CacheDescriptions =
        ["level 1 data cache", "level 1 instruction cache", "last level cache", "data TLB", "instruction TLB", "branch prediction unit", "local memory"];

    private static readonly string[][] Operations =
    [
        ["load", "loads", "read"],
        ["store", "stores", "write"],
        ["prefetch", "prefetches", "speculative-read", "speculative-load"],
    ];

    private static readonly string[][] Results =
    [
        ["refs", "Reference", "ops", "access"],
        ["misses", "miss"],
    ];

    // Operations that mean something on each cache; others are not listed (the kernel refuses most of them).
    private static readonly int[][] MeaningfulOperations =
        [[Read, Write, Prefetch], [Read, Prefetch], [Read, Write, Prefetch], [Read, Write, Prefetch], [Read], [Read], [Read, Write, Prefetch]];

    /// <summary>The config of a cache event's name; null when it is not one.</summary>
    public static ulong? FindConfig(string name)
    {
        for (int cache = 0; cache < Caches.Length; cache++)
        {
            foreach (string alias in Caches[cache])
            {
                if (!name.StartsWith(alias, StringComparison.OrdinalIgnoreCase))
                    continue;
                if (ParseRest(name.AsSpan(alias.Length)) is { } rest)
                    return Config(cache, rest.Operation, rest.Result);
            }
        }
        return null;
    }

    /// <summary>The names to list: <c>L1-dcache-loads</c>, <c>L1-dcache-load-misses</c>, …</summary>
    public static IEnumerable<(string Name, ulong Config, string Description)> List()
    {
        for (int cache = 0; cache < Caches.Length; cache++)
        {
            foreach (int operation in MeaningfulOperations[cache])
            {
                ulong config = Config(cache, operation, 0);
                string[] words = Operations[operation];
                yield return ($"{Caches[cache][0]}-{words[1]}", config, $"{Capitalised(words[1])} of the {CacheDescriptions[cache]}");
                yield return ($"{Caches[cache][0]}-{words[0]}-misses", Config(cache, operation, 1), $"{Capitalised(words[0])} misses of the {CacheDescriptions[cache]}");
            }
        }
    }

    private static ulong Config(int cache, int operation, int result) => (uint)cache | ((uint)operation << 8) | ((uint)result << 16);

    private static string Capitalised(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    // One or two further parts in either order; an operation alone means accesses, a result alone means loads.
    private static (int Operation, int Result)? ParseRest(ReadOnlySpan<char> rest)
    {
        int? operation = null, result = null;
        while (!rest.IsEmpty)
        {
            if (rest[0] != '-')
                return null;
            rest = rest[1..];
            if (operation is null && TakeWord(ref rest, Operations) is { } foundOperation)
                operation = foundOperation;
            else if (result is null && TakeWord(ref rest, Results) is { } foundResult)
                result = foundResult;
            else
                return null;
        }
        return (operation ?? Read, result ?? 0);
    }

    private static int? TakeWord(ref ReadOnlySpan<char> text, string[][] words)
    {
        int? best = null, length = 0;
        for (int i = 0; i < words.Length; i++)
        {
            foreach (string word in words[i])
            {
                bool whole = text.Length == word.Length || (text.Length > word.Length && text[word.Length] == '-');
                if (whole && word.Length > length && text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    (best, length) = (i, word.Length);
            }
        }
        text = text[length!.Value..];
        return best;
    }
}
