using System.Reflection;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>The files of the repository that tests read.</summary>
internal static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static a => a.Key == "RepositoryRoot").Value!;

    /// <summary>A file that is kept as a result of the run, beside what the build leaves.</summary>
    public static string Artifact(string name)
    {
        string folder = Path.Combine(Root, "artifacts");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }

    public static string Data(string path) => Path.Combine(Root, "tests/data", path);

    /// <summary>A file of the BPF sources and objects.</summary>
    public static string Bpf(string path) => Path.Combine(Root, "bpf", path);

    /// <summary>The root of a sysfs tree under tests/data/pmu.</summary>
    public static string Machine(string name)
    {
        string path = Data("pmu/" + name);
        Assert.True(Directory.Exists(path), $"There is no test data at {path}.");
        return path;
    }

    /// <summary>The catalogue of a machine under tests/data/pmu; its tracepoints are this machine's.</summary>
    public static EventCatalogue Catalogue(string machine) => new(new SystemPaths(Sys: Machine(machine)));
}
