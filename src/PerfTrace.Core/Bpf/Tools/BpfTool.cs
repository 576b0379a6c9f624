using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A tool that ships with the module: a BPF program, and what is made of its events.</summary>
public sealed class BpfTool
{
    private readonly string[] _tracepoints;
    private IReadOnlyList<BpfToolRequirement>? _requirements;

    internal BpfTool(string name, string description, string program, string[] tracepoints, string[] parameters, Type outputType)
    {
        Name = name;
        Description = description;
        Program = program;
        _tracepoints = tracepoints;
        Parameters = parameters;
        OutputType = outputType;
    }

    /// <summary>The name: <c>execsnoop</c>.</summary>
    public string Name { get; }

    /// <summary>What it tells.</summary>
    public string Description { get; }

    /// <summary>The object file in <c>bpf/</c> without its ending.</summary>
    public string Program { get; }

    /// <summary>The parameters of Start-BpfTool that it takes besides those of all tools.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>What it gives.</summary>
    public Type OutputType { get; }

    /// <summary>What it needs of this machine. Looked up when first asked for.</summary>
    public IReadOnlyList<BpfToolRequirement> Requirements => _requirements ??= (BpfToolRequirement[])[LibraryRequirement(), TypesRequirement(), .. _tracepoints.Select(TracepointRequirement)];

    /// <summary>This machine has all that it needs.</summary>
    public bool IsAvailable => Requirements.All(static r => r.IsPresent);

    public override string ToString() => Name;

    /// <summary>The object file, as it stands in the assembly.</summary>
    internal byte[] ReadObject()
    {
        using Stream stream = typeof(BpfTool).Assembly.GetManifestResourceStream($"{Program}.bpf.o")
            ?? throw new InvalidOperationException($"The assembly has no {Program}.bpf.o.");
        byte[] data = new byte[stream.Length];
        stream.ReadExactly(data);
        return data;
    }

    /// <summary>A tracepoint of the kernel that runs. Null: nothing tells.</summary>
    internal static bool HasTracepoint(string name)
    {
        if (TraceFileSystem.Find(SystemPaths.Default) is { } tracing && Directory.Exists(Path.Combine(tracing, "events")))
            return Directory.Exists(Path.Combine(tracing, "events", name.Replace(':', '/')));
        // Raw tracepoints can be had without tracefs; the kernel's types have one for each.
        return BtfTypes.Kernel.Find($"btf_trace_{name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]}") is not null;
    }

    private static BpfToolRequirement LibraryRequirement()
    {
        bool isThere = NativeLibrary.TryLoad("libbpf.so.1", out _);
        return new BpfToolRequirement("libbpf.so.1", isThere, isThere ? null : LibBpf.Advice);
    }

    private static BpfToolRequirement TypesRequirement()
    {
        bool isThere = File.Exists(Path.Combine(SystemPaths.Default.Sys, "kernel/btf/vmlinux"));
        return new BpfToolRequirement("/sys/kernel/btf/vmlinux", isThere, isThere ? null : "This kernel was built without type information (CONFIG_DEBUG_INFO_BTF).");
    }

    private static BpfToolRequirement TracepointRequirement(string name)
    {
        bool isThere = HasTracepoint(name);
        return new BpfToolRequirement($"tracepoint {name}", isThere, isThere ? null : "This kernel was built without it, or this user may not look.");
    }
}
