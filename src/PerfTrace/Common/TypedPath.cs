using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>
/// Paths as people type them. PowerShell's own completion puts a backtick before what could be a wildcard (<c>'./a `[1`].bt'</c>), also where a parameter takes none: such a path means the file without the backticks,
/// unless there is one that has them in its name.
/// </summary>
internal static class TypedPath
{
    /// <summary>The full path. The file need not be there.</summary>
    public static string Full(PSCmdlet cmdlet, string path) => Full(cmdlet.GetUnresolvedProviderPathFromPSPath, path)!;

    /// <summary>The full path, by what resolves it; null where that knows none.</summary>
    public static string? Full(Func<string, string?> resolve, string path)
    {
        string plain = WildcardPattern.Unescape(path);
        string? full = resolve(path);
        return plain == path || full is null || System.IO.Path.Exists(full) ? full : resolve(plain);
    }
}
