using System.Globalization;

namespace PerfTrace.Kernel;

/// <summary>The executable mappings of a process (proc_pid_maps(5)) at the moment when they were read.</summary>
public sealed class ProcessMap
{
    private readonly Mapping[] _mappings;

    private ProcessMap(Mapping[] mappings) => _mappings = mappings;

    private readonly record struct Mapping(ulong Start, ulong End, ulong Offset, string Path);

    /// <summary>Reads the map; empty when the process is gone or is not ours to look at.</summary>
    public static ProcessMap Read(SystemPaths paths, int processId)
    {
        try
        {
            return Parse(File.ReadLines(Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture), "maps")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProcessMap([]);
        }
    }

    /// <summary>"start-end perms offset dev inode path"; lines that are not executable or not in that form are left out.</summary>
    public static ProcessMap Parse(IEnumerable<string> lines)
    {
        var mappings = new List<Mapping>();
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 5 || parts[1].Length < 3 || parts[1][2] != 'x' || parts[0].IndexOf('-') is not (> 0 and var dash))
                continue;
            if (ulong.TryParse(parts[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
                && ulong.TryParse(parts[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end)
                && ulong.TryParse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong offset))
            {
                mappings.Add(new Mapping(start, end, offset, parts.Length > 5 ? parts[5].Trim() : "[anonymous]"));
            }
        }
        mappings.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return new ProcessMap([.. mappings]);
    }

    /// <summary>The mapped file that an address lies in and the offset there; null outside of all.</summary>
    public (string Path, ulong FileOffset)? Find(ulong address)
    {
        int low = 0, high = _mappings.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            Mapping mapping = _mappings[middle];
            if (address < mapping.Start)
                high = middle - 1;
            else if (address >= mapping.End)
                low = middle + 1;
            else
                return (mapping.Path, address - mapping.Start + mapping.Offset);
        }
        return null;
    }

    /// <summary><c>file+0xoffset</c>; null outside of all mappings.</summary>
    public string? Describe(ulong address) =>
        Find(address) is { } place ? string.Create(CultureInfo.InvariantCulture, $"{System.IO.Path.GetFileName(place.Path)}+0x{place.FileOffset:x}") : null;
}
