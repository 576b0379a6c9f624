using System.Globalization;
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

    /// <summary>The first two numbers of a release: 6.18 of 6.18.44-rc1. Null for one that does not begin with numbers.</summary>
    public static Version? VersionOf(string release)
    {
        string[] numbers = release.Split('.', '-', '+', '_');
        return numbers.Length > 1
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? new Version(major, minor)
            : null;
    }

    public static string Read(SystemPaths paths) => KernelFile.ReadText(Path.Combine(paths.Proc, "sys/kernel/osrelease")).TrimEnd('\n');
}
