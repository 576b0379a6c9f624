using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A tool that ships with the module: a BPF program and what is made of its events, or a script of the bpftrace language.</summary>
public sealed class BpfTool
{
    private readonly Lazy<string>? _script;
    private readonly Func<IEnumerable<BpfToolRequirement>> _findRequirements;
    private IReadOnlyList<BpfToolRequirement>? _requirements;

    internal BpfTool(string name, string description, string program, string[] tracepoints, string[] parameters, Type outputType)
        : this(name, description, program, parameters, outputType, null, () => [LibraryRequirement(), TypesRequirement(), .. tracepoints.Select(TracepointRequirement)])
    {
    }

    /// <param name="name">The name.</param>
    /// <param name="description">What it tells.</param>
    /// <param name="program">The file in <c>bpf/</c>.</param>
    /// <param name="parameters">The parameters of Start-BpfTool that it takes.</param>
    /// <param name="outputType">What it gives.</param>
    /// <param name="script">Its text, where it is a script.</param>
    /// <param name="requirements">What it needs.</param>
    internal BpfTool(string name, string description, string program, string[] parameters, Type outputType, Lazy<string>? script, Func<IEnumerable<BpfToolRequirement>> requirements)
    {
        Name = name;
        Description = description;
        Program = program;
        Parameters = parameters;
        OutputType = outputType;
        _script = script;
        _findRequirements = requirements;
    }

    /// <summary>The name: <c>execsnoop</c>.</summary>
    public string Name { get; }

    /// <summary>What it tells.</summary>
    public string Description { get; }

    /// <summary>The file in <c>bpf/</c>: a script's with its ending, an object file's without.</summary>
    public string Program { get; }

    /// <summary>The parameters of Start-BpfTool that it takes besides those of all tools.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>What it gives.</summary>
    public Type OutputType { get; }

    /// <summary>The script; null for a BPF program.</summary>
    public string? Script => _script?.Value;

    /// <summary>What it needs of this machine. Looked up when first asked for.</summary>
    public IReadOnlyList<BpfToolRequirement> Requirements => _requirements ??= (BpfToolRequirement[])[.. _findRequirements()];

    /// <summary>This machine has all that it needs.</summary>
    public bool IsAvailable => Requirements.All(static r => r.IsPresent);

    public override string ToString() => Name;

    /// <summary>The object file, as it stands in the assembly.</summary>
    internal byte[] ReadObject() => ReadFile($"{Program}.bpf.o");

    /// <summary>A script, as it stands in the assembly.</summary>
    internal static string ReadScript(string file) => Encoding.UTF8.GetString(ReadFile(file));

    private static byte[] ReadFile(string name)
    {
        using Stream stream = typeof(BpfTool).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly has no {name}.");
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

    // System calls have no types of their own.
    private static bool IsHidden() => TraceFileSystem.Find(SystemPaths.Default) is { } tracing && !Directory.Exists(Path.Combine(tracing, "events"));

    internal static BpfToolRequirement TracepointRequirement(string name)
    {
        // Who may not look is told so when the tool is started.
        bool isThere = HasTracepoint(name) || (name.StartsWith("syscalls:", StringComparison.Ordinal) && IsHidden() && HasTracepoint("raw_syscalls:sys_enter"));
        return new BpfToolRequirement($"tracepoint {name}", isThere, isThere ? null : "This kernel was built without it, or this user may not look.");
    }
}
