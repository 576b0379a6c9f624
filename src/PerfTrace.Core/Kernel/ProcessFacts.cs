using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>What procfs says of a process.</summary>
public static class ProcessFacts
{
    /// <summary>The effective capability set of this process has <paramref name="capability"/> (CapEff in proc_pid_status(5)).</summary>
    public static bool HasCapability(SystemPaths paths, Capability capability)
    {
        foreach (string line in File.ReadLines(Path.Combine(paths.Proc, "self/status")))
        {
            if (line.StartsWith("CapEff:", StringComparison.Ordinal)
                && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set))
            {
                return (set & (1UL << (int)capability)) != 0;
            }
        }
        return false;
    }

    /// <summary>The ids of all processes that this process may see.</summary>
    public static IReadOnlyList<int> All(SystemPaths paths) => Numbers(paths.Proc);

    /// <summary>The ids of a process's threads, ascending; empty when there is no such process (or no longer).</summary>
    public static IReadOnlyList<int> ThreadsOf(SystemPaths paths, int processId) =>
        Numbers(Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture), "task"));

    /// <summary>The name (comm) of a process or thread; null when it is gone.</summary>
    public static string? CommandNameOf(SystemPaths paths, int id)
    {
        try
        {
            return File.ReadAllText(Path.Combine(paths.Proc, id.ToString(CultureInfo.InvariantCulture), "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// When a process started, in clock ticks since the boot (field 22 of proc_pid_stat(5)); null when it is gone, or has ended and only waits to
    /// be reaped.
    /// </summary>
    public static ulong? StartTimeOf(SystemPaths paths, int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture), "stat"));
        }
        catch (IOException)
        {
            return null;
        }
        // 14644 (a name with spaces) and parentheses) R 14629 …: what follows the last parenthesis begins with field 3, the state.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // A main thread that has ended before the others is a zombie, too; the process (field 20 counts its threads) still runs then.
        return fields.Length > 19 && (fields[0] is not ("Z" or "X") || fields[17] is not ("0" or "1"))
            && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks) ? ticks : null;
    }

    /// <summary>The process that a thread belongs to (Tgid in proc_pid_status(5)); null when it is gone.</summary>
    public static int? ProcessOf(SystemPaths paths, int threadId)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(paths.Proc, threadId.ToString(CultureInfo.InvariantCulture), "status")))
            {
                if (line.StartsWith("Tgid:", StringComparison.Ordinal))
                    return int.Parse(line.AsSpan(5).Trim(), CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            // Gone.
        }
        return null;
    }

    /// <summary>Makes sure that there is a process of this id.</summary>
    /// <exception cref="KernelTargetGoneException">There is none, or it is a thread of another.</exception>
    public static void Require(SystemPaths paths, int processId)
    {
        int? process = ProcessOf(paths, processId);
        if (process != processId)
            throw new KernelTargetGoneException(Errno.ESRCH, "open", $"process {processId}", process is null ? "It has ended, or never was." : $"It is a thread of process {process}.");
    }

    // The directories whose names are numbers, ascending.
    private static List<int> Numbers(string directory)
    {
        var numbers = new List<int>();
        try
        {
            foreach (string path in Directory.EnumerateDirectories(directory))
            {
                if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    numbers.Add(number);
            }
        }
        catch (IOException)
        {
            // A process ended meanwhile: DirectoryNotFound before the listing, ESRCH within it.
            return [];
        }
        numbers.Sort();
        return numbers;
    }
}
