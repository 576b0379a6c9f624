namespace PerfTrace.Kernel;

/// <summary>Which kernel runs (uname -r).</summary>
internal static class KernelRelease
{
    private static readonly Lazy<string> Running = new(static () => Read(SystemPaths.Default));

    public static string Current => Running.Value;

    public static string Read(SystemPaths paths) => KernelFile.ReadText(Path.Combine(paths.Proc, "sys/kernel/osrelease")).TrimEnd('\n');
}
