using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>All tools that ship with the module: BPF programs and scripts.</summary>
internal static class BpfToolSet
{
    /// <summary>By their names.</summary>
    public static IReadOnlyList<BpfTool> All { get; } = (BpfTool[])[.. BpfTools.All.Concat(ScriptTools.All).OrderBy(static t => t.Name, StringComparer.Ordinal)];

    /// <summary>A tool by its name.</summary>
    /// <exception cref="BpfToolNotFoundException">There is none of this name.</exception>
    public static BpfTool Find(string name) => BpfTools.Find(name, All);

    /// <summary>The parameters of Start-BpfTool that all tools of its kind take.</summary>
    public static IReadOnlyList<string> CommonParametersOf(BpfTool tool) => tool.Script is null ? BpfTools.CommonParameters : ScriptTools.CommonParameters;
}
