using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>The files in which a process may have USDT probes.</summary>
public static class UsdtSources
{
    // As many as a message may name.
    private const int MostNames = 5;

    /// <summary>The probes of a file.</summary>
    /// <exception cref="KernelException">It is not there or may not be read.</exception>
    /// <exception cref="ElfException">It is no program or library.</exception>
    public static IReadOnlyList<UsdtProbe> OfFile(string path)
    {
        using ElfFile file = ElfFile.Open(path);
        return UsdtReader.Read(file);
    }

    /// <summary>The places of one probe of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="probe"><c>provider:name</c>.</param>
    /// <exception cref="ProbeNotFoundException">The file has no such probe.</exception>
    /// <exception cref="KernelException">It is not there or may not be read.</exception>
    /// <exception cref="ElfException">It is no program or library.</exception>
    public static IReadOnlyList<UsdtProbe> Find(string path, string probe)
    {
        IReadOnlyList<UsdtProbe> all = OfFile(path);
        UsdtProbe[] found = [.. all.Where(p => p.Probe == probe)];
        if (found.Length > 0)
            return found;
        string[] names = [.. all.Select(static p => p.Probe).Distinct()];
        string[] nearest = [.. NearestNames.Find(probe, names).Select(n => $"{path}:{n}")];
        throw new ProbeNotFoundException($"{path}:{probe}", "USDT probe", nearest, nearest.Length > 0 ? "" : names.Length switch
        {
            0 => " The file has none.",
            <= MostNames => $" The file has {string.Join(", ", names)}.",
            _ => $" The file has {names.Length}, among them {string.Join(", ", names.Take(MostNames))}.",
        });
    }

    /// <summary>The probes of the program and the libraries that a process has loaded as code.</summary>
    /// <param name="paths">Where procfs is.</param>
    /// <param name="processId">The process.</param>
    /// <param name="verbose">Hears of mapped files that are none or are gone.</param>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    /// <exception cref="KernelAccessException">Its maps may not be read.</exception>
    public static IEnumerable<UsdtProbe> OfProcess(SystemPaths paths, int processId, Action<string>? verbose = null)
    {
        foreach (string path in ProcessMaps.CodeFilesOf(paths, processId, verbose))
        {
            IReadOnlyList<UsdtProbe> probes;
            try
            {
                probes = OfFile(path);
            }
            catch (Exception e) when (e is ElfException or KernelException)
            {
                // Programs map what they like as code: caches of compiled code, files that are gone by now.
                verbose?.Invoke($"No USDT probes from {path}: {e.Message}");
                continue;
            }
            foreach (UsdtProbe probe in probes)
                yield return probe;
        }
    }
}
