using System.Collections;
using System.Globalization;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>A list of CPUs as the kernel writes them: <c>0-3,8,10-11</c> (the "List format" of cpuset(7)).</summary>
public sealed class CpuSet : IReadOnlyList<int>
{
    /// <summary>No kernel has more (CONFIG_NR_CPUS is at most 8192 on x86-64, 4096 on ARM64).</summary>
    private const int MostCpus = 1 << 16;

    private readonly int[] _cpus;

    public CpuSet(IEnumerable<int> cpus) => _cpus = [.. cpus.Distinct().Order()];

    public int Count => _cpus.Length;

    public int this[int index] => _cpus[index];

    /// <exception cref="FormatException">The text is not a CPU list.</exception>
    public static CpuSet Parse(string text) =>
        TryParse(text, out CpuSet? set) ? set : throw new FormatException($"'{text}' is not a list of CPUs such as 0-3,8.");

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CpuSet? set)
    {
        set = null;
        var cpus = new SortedSet<int>();
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        foreach (Range range in rest.Split(','))
        {
            ReadOnlySpan<char> part = rest[range];
            if (part.IsEmpty && rest.IsEmpty)
                break;
            int dash = part.IndexOf('-');
            ReadOnlySpan<char> low = dash < 0 ? part : part[..dash], high = dash < 0 ? part : part[(dash + 1)..];
            if (!int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || last < first || last >= MostCpus)
            {
                return false;
            }
            for (int cpu = first; cpu <= last; cpu++)
                cpus.Add(cpu);
        }
        set = new CpuSet(cpus);
        return true;
    }

    public bool Contains(int cpu) => Array.BinarySearch(_cpus, cpu) >= 0;

    public CpuSet Intersect(CpuSet other) => new(_cpus.Where(other.Contains));

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_cpus).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _cpus.Length; i++)
        {
            int first = _cpus[i];
            while (i + 1 < _cpus.Length && _cpus[i + 1] == _cpus[i] + 1)
                i++;
            if (text.Length > 0)
                text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (_cpus[i] != first)
                text.Append(CultureInfo.InvariantCulture, $"-{_cpus[i]}");
        }
        return text.ToString();
    }
}
