namespace PerfTrace.BpfTrace;

/// <summary>What stands beside a script and changes how it is read.</summary>
internal sealed record ScriptOptions
{
    public static ScriptOptions Default { get; } = new();

    /// <summary><c>$1</c>, <c>$2</c>, …</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>The values of <c>getopt</c> by name; null stands for one that was named without a value.</summary>
    public IReadOnlyDictionary<string, string?> NamedParameters { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether a process is traced: user probes then need not name a binary.</summary>
    public bool HasProcess { get; init; }

    /// <summary>Whether the kernel describes its types (BTF): <c>BPFTRACE_HAVE_BTF</c> is then defined.</summary>
    public bool HasBtf { get; init; } = true;

    /// <summary>Where the imports of a script are looked for that is in no file.</summary>
    public string Directory { get; init; } = System.Environment.CurrentDirectory;

    /// <summary>Environment variables: <c>BPFTRACE_MAX_STRLEN</c> goes before the script's <c>max_strlen</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What holds where the script's <c>config</c> block does not say otherwise.</summary>
    public ScriptSettings Settings { get; init; } = new();
}
