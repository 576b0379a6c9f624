using System.Runtime.InteropServices;

namespace PerfTrace.Kernel;

/// <summary>Which kernel runs (uname -r).</summary>
internal static class KernelRelease
{
    private static readonly Lazy<string> Running = new(static () => Read(SystemPaths.Default));

    public static string Current => Running.Value;

    /// <summary>The machine, as uname -m calls it.</summary>
    public static string Machine => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public static string Read(SystemPaths paths) => KernelFile.ReadText(Path.Combine(paths.Proc, "sys/kernel/osrelease")).TrimEnd('\n');
}
