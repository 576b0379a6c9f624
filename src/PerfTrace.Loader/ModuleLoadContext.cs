using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace PerfTrace.Loader;

/// <summary>
/// Loads the module's assemblies apart from the shell's and other modules': each finds its libraries beside itself first, whatever
/// versions others have loaded. What is not there (System.Management.Automation, the runtime) comes from the shell.
/// </summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    // One context a folder: importing the module again in the same session finds its types as they were.
    private static readonly ConcurrentDictionary<string, Lazy<Assembly>> Loaded = new(StringComparer.Ordinal);

    private readonly string _directory;

    private ModuleLoadContext(string directory)
        : base("PerfTrace", isCollectible: false) => _directory = directory;

    /// <summary>The module's main assembly, PerfTrace.dll, from a folder.</summary>
    public static Assembly LoadModule(string directory)
    {
        string full = Path.GetFullPath(directory);
        return Loaded.GetOrAdd(full, static d => new Lazy<Assembly>(() =>
            new ModuleLoadContext(d).LoadFromAssemblyPath(Path.Combine(d, "PerfTrace.dll")))).Value;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_directory, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
