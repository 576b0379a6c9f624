#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Paths relative to the current directory, as PowerShell's file system provider resolves them.</summary>
#pragma warning disable CA1822 // Instance members, because PowerShell's are.
public sealed class PathIntrinsics
{
    internal PathIntrinsics()
    {
    }

    public PathInfo CurrentFileSystemLocation => new(Environment.CurrentDirectory);

    public PathInfo CurrentLocation => CurrentFileSystemLocation;

    /// <summary>Absolute form of a path; <c>~</c> is the home directory. Nothing is looked up, so the file need not exist.</summary>
    public string GetUnresolvedProviderPathFromPSPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        return Path.GetFullPath(path);
    }
}
