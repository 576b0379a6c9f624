namespace System.Management.Automation;

/// <summary>A location. All locations are directories here: the host has no other provider than the file system.</summary>
public sealed class PathInfo
{
    internal PathInfo(string path) => Path = path;

    public string Path { get; }

    public string ProviderPath => Path;

    public override string ToString() => Path;
}
