using System.Globalization;

namespace PerfTrace.Kernel;

/// <summary>The executable mappings of a process: what proc_pid_maps(5) says, and what has been mapped since.</summary>
public sealed class AddressSpace
{
    /// <summary>What stands for the path of memory without a file.</summary>
    internal const string Anonymous = "[anonymous]";

    private readonly List<Mapping> _mappings;

    private AddressSpace(List<Mapping> mappings) => _mappings = mappings;

    /// <summary>One with nothing in it, as before an exec.</summary>
    public AddressSpace()
        : this([])
    {
    }

    /// <summary>By ascending address.</summary>
    internal IReadOnlyList<Mapping> Mappings => _mappings;

    /// <param name="Start">The first address.</param>
    /// <param name="End">Behind the last.</param>
    /// <param name="Offset">The place of the first in the file.</param>
    /// <param name="Path">The file as the process sees it.</param>
    internal readonly record struct Mapping(ulong Start, ulong End, ulong Offset, string Path);

    /// <summary>Reads the mappings of a process; none when it is gone or is not ours to look at.</summary>
    public static AddressSpace Read(SystemPaths paths, int processId)
    {
        try
        {
            return Parse(File.ReadLines(Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture), "maps")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new AddressSpace();
        }
    }

    /// <summary>"start-end perms offset dev inode path"; lines that are not executable or not in that form are left out.</summary>
    public static AddressSpace Parse(IEnumerable<string> lines)
    {
        var space = new AddressSpace();
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 5 || parts[1].Length < 3 || parts[1][2] != 'x' || parts[0].IndexOf('-') is not (> 0 and var dash))
                continue;
            if (ulong.TryParse(parts[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
                && ulong.TryParse(parts[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end)
                && ulong.TryParse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong offset))
            {
                space.Add(start, end - start, offset, parts.Length > 5 ? parts[5].Trim() : Anonymous);
            }
        }
        return space;
    }

    /// <summary>Something was mapped; what lay there before is no longer.</summary>
    public void Add(ulong start, ulong length, ulong fileOffset, string path)
    {
        ulong end = start + length;
        if (end <= start)
            return;
        _mappings.RemoveAll(m => m.Start < end && m.End > start);
        int at = _mappings.FindIndex(m => m.Start > start);
        _mappings.Insert(at < 0 ? _mappings.Count : at, new Mapping(start, end, fileOffset, path));
    }

    /// <summary>The same mappings, for a child that will go its own way.</summary>
    public AddressSpace Copy() => new([.. _mappings]);

    /// <summary>The mapped file that an address lies in and the offset there; null outside of all.</summary>
    public (string Path, ulong FileOffset)? Find(ulong address)
    {
        int low = 0, high = _mappings.Count - 1;
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
}
