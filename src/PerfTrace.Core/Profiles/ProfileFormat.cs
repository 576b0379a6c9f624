namespace PerfTrace.Profiles;

/// <summary>Formats of profiles that other programs read.</summary>
public enum ProfileFormat
{
    /// <summary>profile.proto of pprof, compressed with gzip.</summary>
    Pprof,

    /// <summary>JSON of speedscope.app.</summary>
    Speedscope,

    /// <summary>JSON of the Firefox Profiler (profiler.firefox.com).</summary>
    Gecko,

    /// <summary>JSON of Chrome's about:tracing and of ui.perfetto.dev.</summary>
    ChromeTrace,
}
