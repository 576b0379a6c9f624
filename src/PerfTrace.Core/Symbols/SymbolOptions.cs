namespace PerfTrace.Symbols;

/// <summary>How names are made, and where files with symbols are looked for.</summary>
internal sealed record SymbolOptions
{
    /// <summary>How names of C++ and Rust are shown.</summary>
    public SymbolNameForm Names { get; init; } = SymbolNameForm.Short;

    /// <summary>Where distributions install debug files.</summary>
    public string DebugDirectory { get; init; } = SeparateDebugFile.DefaultDirectory;

    /// <summary>Where perf keeps copies of the files that it recorded (perf-buildid-cache(1)).</summary>
    public string? PerfCache { get; init; } = Environment.GetEnvironmentVariable("PERF_BUILDID_DIR") is { Length: > 0 } set ? set : InHome(".debug");

    /// <summary>Where the client of debuginfod keeps what it fetched (debuginfod_find_debuginfo(3)).</summary>
    public IReadOnlyList<string> DownloadCaches { get; init; } = FindDownloadCaches();

    /// <summary>Where kernels and their modules are, below it <c>boot</c> and <c>lib/modules</c>.</summary>
    public string Root { get; init; } = "/";

    private static string? InHome(string name) => Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, name) : null;

    private static string[] FindDownloadCaches()
    {
        if (Environment.GetEnvironmentVariable("DEBUGINFOD_CACHE_PATH") is { Length: > 0 } set)
            return [set];
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? home : InHome(".cache");
        string?[] places = [cache is null ? null : Path.Combine(cache, "debuginfod_client"), InHome(".debuginfod_client_cache")];
        return [.. places.OfType<string>()];
    }
}
