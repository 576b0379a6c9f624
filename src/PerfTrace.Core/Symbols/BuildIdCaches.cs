namespace PerfTrace.Symbols;

/// <summary>Files that are kept by build id: what perf copied when it recorded, what debuginfod's client fetched, debug files that are installed.</summary>
internal sealed class BuildIdCaches(SymbolOptions options)
{
    /// <summary>Where a debug file of a build id is to be installed.</summary>
    public string? InstalledDebugFile(string buildId) =>
        buildId.Length > 2 ? Path.Combine(options.DebugDirectory, ".build-id", buildId[..2], buildId[2..] + ".debug") : null;

    /// <summary>Copies of the program or library itself.</summary>
    public IEnumerable<string> CodeOf(string buildId) => Candidates(buildId, "elf", "executable");

    /// <summary>Copies of its debug file.</summary>
    public IEnumerable<string> DebugFilesOf(string buildId) => Candidates(buildId, "debug", "debuginfo");

    /// <summary>What perf kept of a kernel (<c>kallsyms</c>) or of what the kernel maps into processes (<c>vdso</c>).</summary>
    public string? PerfCopy(string buildId, string name) =>
        options.PerfCache is { } cache && IsBuildId(buildId) && Path.Combine(cache, ".build-id", buildId[..2], buildId[2..], name) is var path && File.Exists(path) ? path : null;

    // A build id comes out of a recording: what is no number is no part of a path.
    private static bool IsBuildId(string buildId) => buildId.Length > 2 && buildId.All(char.IsAsciiHexDigit);

    private IEnumerable<string> Candidates(string buildId, string perfName, string downloadName)
    {
        if (!IsBuildId(buildId))
            yield break;
        if (PerfCopy(buildId, perfName) is { } copy)
            yield return copy;
        foreach (string cache in options.DownloadCaches)
        {
            string path = Path.Combine(cache, buildId, downloadName);
            if (File.Exists(path))
                yield return path;
        }
    }
}
