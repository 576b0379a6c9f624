using System.Collections;

namespace PerfTrace.BpfTrace;

/// <summary>A script and how it is run.</summary>
public sealed record BpfTraceRequest
{
    /// <summary>The script.</summary>
    public required ScriptSource Script { get; init; }

    /// <summary><c>$1</c>, <c>$2</c>, …</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>What <c>getopt()</c> gives, by name; null for one without a value.</summary>
    public IReadOnlyDictionary<string, string?> NamedParameters { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where the paths of its imports start from.</summary>
    public string Directory { get; init; } = System.Environment.CurrentDirectory;

    /// <summary>Only this process, for the probes that can be narrowed so: user functions, USDT, perf events; its end is the script's. -1: all.</summary>
    public int ProcessId { get; init; } = -1;

    /// <summary>A command, its name first, that is started when all probes are attached; its end is the script's. None: the script runs until it ends otherwise.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Where the command is started.</summary>
    public string WorkingDirectory { get; init; } = System.Environment.CurrentDirectory;

    /// <summary>How long; null: until the script ends by itself, or is stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Which of its probes run. Tests and benchmarks are run by hand: <see cref="Command"/>, <see cref="ProcessId"/> and <see cref="Duration"/> are nothing to them.</summary>
    public BpfTraceMode Mode { get; init; }

    /// <summary>It may change processes and the kernel: system(), signal(), override().</summary>
    public bool AllowsUnsafe { get; init; }

    /// <summary>Reads of memory that is not there are told in a warning, once for each place in the script; their value is 0 in any case.</summary>
    public bool WarnsOfReads { get; init; }

    /// <summary>Only text is wanted: values are not made objects.</summary>
    public bool IsTextOnly { get; init; }

    /// <summary>The environment whose <c>BPFTRACE_MAX_STRLEN</c> and the like go before the script's settings; null: this process's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    internal static Dictionary<string, string> OwnEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static v => (string)v.Key, static v => (string)v.Value!, StringComparer.Ordinal);

    // As on kernels that have no links to many functions, before Linux 5.18.
    internal bool IsOneByOne { get; init; }
}
