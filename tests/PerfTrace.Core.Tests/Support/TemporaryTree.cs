namespace PerfTrace.Tests.Support;

/// <summary>A folder of small files that is gone after the test.</summary>
internal sealed class TemporaryTree : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("perftrace-test-").FullName;

    public string this[string path] => Path.Combine(Root, path);

    /// <summary>Writes a file and the folders above it.</summary>
    public TemporaryTree With(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
        return this;
    }

    public string Executable(string path, string text)
    {
        With(path, text);
        File.SetUnixFileMode(this[path], (UnixFileMode)0b111_101_101);
        return this[path];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
