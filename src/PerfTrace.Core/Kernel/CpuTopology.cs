using System.Globalization;

namespace PerfTrace.Kernel;

/// <summary>The CPUs of this machine and the cores and sockets that they belong to, from /sys/devices/system/cpu.</summary>
public sealed class CpuTopology(SystemPaths paths)
{
    private CpuSet? _online;

    /// <summary>CPUs that run now. Read once: an object of this class is a snapshot.</summary>
    public CpuSet Online => _online ??= ReadList("online");

    /// <summary>CPUs that may ever be there.</summary>
    public CpuSet Possible => ReadList("possible");

    /// <summary>physical_package_id; -1 when the kernel does not know.</summary>
    public int SocketOf(int cpu) => ReadNumber(cpu, "physical_package_id");

    /// <summary>core_id, unique within a die of a socket; -1 when the kernel does not know.</summary>
    public int CoreOf(int cpu) => ReadNumber(cpu, "core_id");

    /// <summary>die_id, 0 where there is no such level.</summary>
    public int DieOf(int cpu) => Math.Max(0, ReadNumber(cpu, "die_id"));

    private CpuSet ReadList(string name) => CpuSet.Parse(File.ReadAllText(Path.Combine(paths.Cpus, name)));

    private int ReadNumber(int cpu, string name)
    {
        string path = Path.Combine(paths.Cpus, string.Create(CultureInfo.InvariantCulture, $"cpu{cpu}/topology/{name}"));
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)
            ? value
            : -1;
    }
}
