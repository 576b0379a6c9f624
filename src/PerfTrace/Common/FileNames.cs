using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>
/// Completes files within a word that has more than a path, which PowerShell does not. In no name is a backtick put before brackets: these parameters take no wildcards.
/// </summary>
internal static class FileNames
{
    /// <summary>The files and folders that a path may become.</summary>
    public static IEnumerable<CompletionResult> Complete(string word) => CompletionText.All(word, Begin(CompletionText.Plain(word)));

    /// <summary>The paths that begin as this one, from the session's location; hidden ones when their dot was typed.</summary>
    public static IReadOnlyList<string> Begin(string path)
    {
        int slash = path.LastIndexOf('/');
        string folder = slash < 0 ? "./" : path[..(slash + 1)], name = path[(slash + 1)..];
        if (TypedPath.Full(SessionPaths.Full, folder) is not { } full)
            return [];
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(full).Select(System.IO.Path.GetFileName)
                    .Where(n => n!.StartsWith(name, StringComparison.Ordinal) && (n[0] != '.' || name.StartsWith('.')))
                    .Order(StringComparer.Ordinal).Select(n => folder + n),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // no folder, or none of this user's
        }
    }
}
