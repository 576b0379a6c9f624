using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// A performance monitoring unit, from its folder under <c>/sys/bus/event_source/devices</c>
/// (Documentation/ABI/testing/sysfs-bus-event_source-devices-*). Files are read when first asked for.
/// </summary>
internal sealed class Pmu
{
    private readonly string _directory;
    private Dictionary<string, PmuFormat>? _formats;
    private Dictionary<string, PmuEvent>? _events;

    private Pmu(string name, uint type, string directory)
    {
        Name = name;
        Type = type;
        _directory = directory;
    }

    public string Name { get; }

    /// <summary>The number for attr.type.</summary>
    public uint Type { get; }

    /// <summary>cpumask: an uncore PMU, counted on these CPUs for all; null for a PMU of the cores.</summary>
    public CpuSet? UncoreCpus => field ??= ReadCpus("cpumask");

    /// <summary>cpus: the CPUs whose cores have this PMU (hybrid x86, ARM big.LITTLE); null where all have.</summary>
    public CpuSet? CoreCpus => field ??= ReadCpus("cpus");

    /// <summary>It counts what the cores do: <c>cpu</c>, or one of several kinds of core.</summary>
    public bool IsCore => Name == "cpu" || CoreCpus is not null;

    /// <summary>One kind of core of a hybrid x86 machine.</summary>
    public bool IsHybrid => Name is "cpu_core" or "cpu_atom";

    public IReadOnlyDictionary<string, PmuFormat> Formats => _formats ??= ReadFormats();

    public IReadOnlyDictionary<string, PmuEvent> Events => _events ??= ReadEvents();

    /// <summary>All PMUs, by name. Empty when sysfs lists none.</summary>
    public static IReadOnlyList<Pmu> ReadAll(SystemPaths paths)
    {
        var pmus = new List<Pmu>();
        if (!Directory.Exists(paths.EventSources))
            return pmus;
        foreach (string directory in Directory.EnumerateDirectories(paths.EventSources))
        {
            string typePath = Path.Combine(directory, "type");
            if (File.Exists(typePath) && uint.TryParse(File.ReadAllText(typePath).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint type))
                pmus.Add(new Pmu(Path.GetFileName(directory), type, directory));
        }
        pmus.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return pmus;
    }

    /// <summary>
    /// This PMU goes by <paramref name="pattern"/>: its name, a wildcard, or the name without <c>uncore_</c> or a trailing number,
    /// as perf takes <c>imc/…/</c> for <c>uncore_imc_0</c>, <c>uncore_imc_1</c>, …
    /// </summary>
    public bool GoesBy(string pattern)
    {
        if (string.Equals(Name, pattern, StringComparison.OrdinalIgnoreCase))
            return true;
        string name = Name;
        if (name.StartsWith("uncore_", StringComparison.Ordinal) && !pattern.StartsWith("uncore_", StringComparison.Ordinal))
            name = name["uncore_".Length..];
        if (pattern.AsSpan().IndexOfAny("*?[") >= 0)
            return NamePattern.IsMatch(pattern, name) || NamePattern.IsMatch(pattern, Name);
        return name.StartsWith(pattern, StringComparison.OrdinalIgnoreCase) && IsNumberSuffix(name.AsSpan(pattern.Length));
    }

    private static bool IsNumberSuffix(ReadOnlySpan<char> suffix)
    {
        if (suffix.StartsWith('_'))
            suffix = suffix[1..];
        return suffix.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private CpuSet? ReadCpus(string name)
    {
        string path = Path.Combine(_directory, name);
        return File.Exists(path) && CpuSet.TryParse(File.ReadAllText(path), out CpuSet? cpus) && cpus.Count > 0 ? cpus : null;
    }

    private Dictionary<string, PmuFormat> ReadFormats()
    {
        var formats = new Dictionary<string, PmuFormat>(StringComparer.Ordinal);
        string directory = Path.Combine(_directory, "format");
        if (Directory.Exists(directory))
        {
            foreach (string path in Directory.EnumerateFiles(directory))
            {
                if (PmuFormat.Parse(Path.GetFileName(path), File.ReadAllText(path)) is { } format)
                    formats.Add(format.Name, format);
            }
        }
        return formats;
    }

    private Dictionary<string, PmuEvent> ReadEvents()
    {
        var events = new Dictionary<string, PmuEvent>(StringComparer.OrdinalIgnoreCase);
        string directory = Path.Combine(_directory, "events");
        if (Directory.Exists(directory))
        {
            foreach (string path in Directory.EnumerateFiles(directory))
            {
                string name = Path.GetFileName(path);
                if (name.EndsWith(".scale", StringComparison.Ordinal) || name.EndsWith(".unit", StringComparison.Ordinal)
                    || name.EndsWith(".per-pkg", StringComparison.Ordinal) || name.EndsWith(".snapshot", StringComparison.Ordinal))
                {
                    continue;
                }
                events[name] = new PmuEvent(name, File.ReadAllText(path).Trim(), ReadScale(path + ".scale"), ReadText(path + ".unit"));
            }
        }
        return events;
    }

    private static double ReadScale(string path) =>
        File.Exists(path) && double.TryParse(File.ReadAllText(path).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) ? scale : 1;

    private static string? ReadText(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
