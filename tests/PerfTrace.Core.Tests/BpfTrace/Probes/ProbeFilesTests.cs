using PerfTrace.BpfTrace;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace.Probes;

public sealed class ProbeFilesTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public ProbeFilesTests()
    {
        foreach (string name in (string[])["app", "apple", ".apricot", "sub/app"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_tree[name])!);
            File.Copy("/proc/self/exe", _tree[name]);
        }
        File.WriteAllText(_tree["apology"], "#!/bin/sh\n");
    }

    public void Dispose() => _tree.Dispose();

    private ProbeFiles Files => new(SystemPaths.Default, _tree[""].TrimEnd('/'), -1);

    [Theory]
    [InlineData("./app", "./app")]
    [InlineData("sub/app", "sub/app")]
    [InlineData("./ap*", "./app ./apple")]
    [InlineData("./.ap*", "./.apricot")]
    [InlineData("*/app", "sub/app")]
    [InlineData("./*/app", "./sub/app")]
    [InlineData("./ap[pq]", "./app")]
    [InlineData("./ap?", "./app")]
    public void RelativePathsStartFromTheDirectory(string target, string names)
    {
        IReadOnlyList<(string Name, string Path)> found = Files.Find(target);

        Assert.Equal(names.Split(' '), found.Select(static f => f.Name));
        Assert.All(found, f => Assert.Equal(Path.GetFullPath(f.Name, _tree[""]), Path.GetFullPath(f.Path)));
    }

    [Fact]
    public void APatternIsOfWholePathsToo() => Assert.Equal([_tree["app"], _tree["apple"]], Files.Find(_tree["a*"]).Select(static f => f.Name));

    [Fact]
    public void AFileWhoseNameIsLikeAPatternIsMeantItself()
    {
        File.Copy("/proc/self/exe", _tree["[x]"]);

        Assert.Equal("./[x]", Assert.Single(Files.Find("./[x]")).Name);
    }

    [Fact]
    public void NothingLikeItIsAnError() => Assert.Contains("no program or library like './apo*'", Assert.Throws<FileNotFoundException>(() => Files.Find("./apo*")).Message, StringComparison.Ordinal);

    [Fact]
    public void WithoutASlashPathIsSearched() => Assert.Contains("sh", Files.Find("*sh").Select(static f => Path.GetFileName(f.Name)));

    [Fact]
    public void WhatAProcessHasLoadedIsItsProgramAndItsLibraries()
    {
        string[] loaded = [.. new ProbeFiles(SystemPaths.Default, "/", Environment.ProcessId).Loaded(null).Select(static f => Path.GetFileName(f.Path))];

        Assert.Contains("libc.so.6", loaded);
        Assert.Contains(Path.GetFileName(Environment.ProcessPath), loaded);
        Assert.Superset(loaded.ToHashSet(), Files.Loaded(null).Select(static f => Path.GetFileName(f.Path)).ToHashSet());
    }
}
