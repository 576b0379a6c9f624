using System.Globalization;
using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>The sections of a perf.data file that tell of the machine, as <c>tools/perf/util/header.c</c> lays them out.</summary>
internal sealed class MachineSections(SystemPaths paths)
{
    private readonly CpuTopology _topology = new(paths);

    /// <summary>What could be found out, by feature.</summary>
    public IEnumerable<(PerfDataFeature Feature, byte[] Content)> Read()
    {
        yield return (PerfDataFeature.HostName, Text(FirstLine("sys/kernel/hostname")));
        yield return (PerfDataFeature.OSRelease, Text(FirstLine("sys/kernel/osrelease")));
        yield return (PerfDataFeature.Architecture, Text(RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 => "aarch64",
            Architecture other => other.ToString().ToLowerInvariant(),
        }));
        CpuSet possible = _topology.Possible;
        yield return (PerfDataFeature.CpuCount, new RecordBuffer().Word32((uint)possible.Count).Word32((uint)_topology.Online.Count).ToArray());
        (string? description, string? id) = Cpu();
        if (description is not null)
            yield return (PerfDataFeature.CpuDescription, Text(description));
        if (id is not null)
            yield return (PerfDataFeature.CpuId, Text(id));
        if (MemoryOf(Path.Combine(paths.Proc, "meminfo"), "MemTotal:") is { } total)
            yield return (PerfDataFeature.TotalMemory, new RecordBuffer().Word64(total).ToArray());
        yield return (PerfDataFeature.CpuTopology, Topology());
        if (Numa() is { } numa)
            yield return (PerfDataFeature.NumaTopology, numa);
        if (Pmus() is { } pmus)
            yield return (PerfDataFeature.PmuMappings, pmus);
    }

    public static byte[] Text(string text) => new RecordBuffer().CountedText(text).ToArray();

    private string FirstLine(string path) => KernelFile.ReadText(Path.Combine(paths.Proc, path)).TrimEnd('\n');

    private (string? Description, string? Id) Cpu()
    {
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Path.Combine(paths.Proc, "cpuinfo")))
        {
            if (line.Length == 0)
                break; // the next CPU
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                first.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
        // ARM64: MIDR_EL1 as sysfs writes it. x86: vendor, family, model, stepping.
        string midr = Path.Combine(paths.Cpus, "cpu0/regs/identification/midr_el1");
        string? id = File.Exists(midr) ? File.ReadAllText(midr).TrimEnd('\n')
            : first.ContainsKey("vendor_id") ? string.Join(',', ((string[])["vendor_id", "cpu family", "model", "stepping"]).Select(k => first.GetValueOrDefault(k, "0")))
            : null;
        return (first.GetValueOrDefault("model name"), id);
    }

    private static ulong? MemoryOf(string file, string key)
    {
        foreach (string line in File.ReadLines(file))
        {
            // MemTotal:       65842916 kB; of a node: Node 0 MemTotal: …
            int at = line.IndexOf(key, StringComparison.Ordinal);
            if (at >= 0 && ulong.TryParse(line[(at + key.Length)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out ulong size))
                return size;
        }
        return null;
    }

    // Lists of the CPUs of a package and of a core, each once; the core and package of each CPU; the same of dies where the kernel knows them.
    private byte[] Topology()
    {
        var buffer = new RecordBuffer();
        AppendLists(buffer, "package_cpus_list", "core_siblings_list");
        AppendLists(buffer, "core_cpus_list", "thread_siblings_list");
        CpuSet possible = _topology.Possible;
        foreach (int cpu in possible)
            buffer.Word32((uint)_topology.CoreOf(cpu)).Word32((uint)_topology.SocketOf(cpu));
        if (AppendLists(buffer, "die_cpus_list", null))
        {
            foreach (int cpu in possible)
                buffer.Word32((uint)_topology.DieOf(cpu));
        }
        return buffer.ToArray();
    }

    private bool AppendLists(RecordBuffer buffer, string name, string? formerName)
    {
        var lists = new List<string>();
        foreach (int cpu in _topology.Online)
        {
            string folder = Path.Combine(paths.Cpus, string.Create(CultureInfo.InvariantCulture, $"cpu{cpu}/topology"));
            string path = Path.Combine(folder, name);
            if (!File.Exists(path) && formerName is not null)
                path = Path.Combine(folder, formerName);
            if (File.Exists(path) && File.ReadAllText(path).TrimEnd('\n') is { Length: > 0 } list && !lists.Contains(list))
                lists.Add(list);
        }
        if (lists.Count == 0 && formerName is null)
            return false;
        buffer.Word32((uint)lists.Count);
        foreach (string list in lists)
            buffer.CountedText(list);
        return true;
    }

    // u32 count; each: u32 node, u64 total and free memory in KiB, the list of its CPUs.
    private byte[]? Numa()
    {
        string folder = Path.Combine(paths.Sys, "devices/system/node");
        if (!File.Exists(Path.Combine(folder, "online")))
            return null;
        CpuSet nodes = CpuSet.Parse(File.ReadAllText(Path.Combine(folder, "online")));
        RecordBuffer buffer = new RecordBuffer().Word32((uint)nodes.Count);
        foreach (int node in nodes)
        {
            string of = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"node{node}")), memory = Path.Combine(of, "meminfo");
            buffer.Word32((uint)node).Word64(MemoryOf(memory, "MemTotal:") ?? 0).Word64(MemoryOf(memory, "MemFree:") ?? 0)
                .CountedText(File.ReadAllText(Path.Combine(of, "cpulist")).TrimEnd('\n'));
        }
        return buffer.ToArray();
    }

    // u32 count; each: u32 type, name.
    private byte[]? Pmus()
    {
        if (!Directory.Exists(paths.EventSources))
            return null;
        var buffer = new RecordBuffer();
        uint count = 0;
        foreach (string folder in Directory.EnumerateDirectories(paths.EventSources).Order(StringComparer.Ordinal))
        {
            string type = Path.Combine(folder, "type");
            if (!File.Exists(type) || !uint.TryParse(File.ReadAllText(type).Trim(), CultureInfo.InvariantCulture, out uint number))
                continue;
            buffer.Word32(number).CountedText(Path.GetFileName(folder));
            count++;
        }
        return [.. new RecordBuffer().Word32(count).ToArray(), .. buffer.Span];
    }
}
