using System.Globalization;
using System.Text;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The tools that ship with the module as scripts of the bpftrace language: the files <c>*.bt</c> in <c>bpf/</c>.</summary>
public static class ScriptTools
{
    private const string Process = "ProcessId", Command = "CommandName", Interval = "Interval", Failed = "FailedOnly", Minimum = "MinimumDuration", LocalPort = "LocalPort", RemotePort = "RemotePort";

    /// <summary>Without an interval a script prints in its end: what the kernel takes for a timer, and nobody waits for.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(36_500);

    /// <summary>Parameters that every tool takes that is a script.</summary>
    public static IReadOnlyList<string> CommonParameters { get; } = ["Duration", "MaxEvents"];

    /// <summary>All, by their names.</summary>
    public static IReadOnlyList<BpfTool> All { get; } =
    [
        Printing("bashreadline", "Each line that is entered in a bash.", Process),
        Counting("biostacks", "How long requests to disks take, by the way on which the kernel came to make them.", Interval),
        Printing("capable", "Each time that the kernel asks whether a process has a capability.", Process, Command, Failed),
        Counting("cpuwalk", "On which CPUs threads run: whether the work is spread.", Process, Command, Interval),
        Counting("hardirqs", "How long the handlers of interrupts take.", Interval),
        Printing("killsnoop", "Each signal that is sent, and to whom.", Process, Command, Failed),
        Printing("mountsnoop", "Each file system that is mounted or unmounted.", Process, Command, Failed),
        Printing("naptime", "Each sleep that a program asks for.", Process, Command, Minimum),
        Printing("oomkill", "Each process that the kernel kills for want of memory."),
        Counting("pagefaults", "How many page faults each process has.", Process, Command, Interval),
        Counting("pidpersec", "How many processes begin, run another program and end.", Interval),
        Counting("runqlen", "How many threads wait for each CPU.", Interval),
        Printing("setuids", "Each process that changes its user.", Process, Command, Failed),
        Counting("skbdrop", "Why and where the kernel drops packets.", Interval),
        Counting("softirqs", "How long the kernel's deferred work takes.", Interval),
        Printing("statsnoop", "Each file whose status is asked for, or that is not there.", Process, Command, Failed),
        Printing("syncsnoop", "Each time that data is made to reach the disk, and how long the caller waits.", Process, Command, Minimum),
        Counting("syscalltime", "How long system calls take.", Process, Command, Minimum, Interval),
        Counting("syscount", "How often each system call is made, and by whom.", Process, Command, Interval),
        Printing("tcpretrans", "Each segment that TCP sends once more.", LocalPort, RemotePort),
        Printing("tcpstates", "Each change of the state of a TCP connection.", LocalPort, RemotePort),
        Printing("threadsnoop", "Each thread that is made, and by whom.", Process, Command),
        Counting("vfsstat", "How many reads, writes and opens the kernel's file systems do.", Interval),
    ];

    /// <summary>How a tool is run.</summary>
    /// <param name="tool">One of <see cref="All"/>.</param>
    /// <param name="options">What it is to watch: at most one process; what it does not take is left as it is.</param>
    /// <exception cref="BpfToolUnavailableException">This machine does not have what it needs.</exception>
    public static BpfTraceRequest Request(BpfTool tool, BpfToolOptions options)
    {
        if (tool.Requirements.Where(static r => !r.IsPresent).ToArray() is { Length: > 0 } missing)
            throw new BpfToolUnavailableException(tool, missing);
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        Set("pid", options.ProcessIds.Count > 0 ? options.ProcessIds[0] : 0);
        Set("minimum", options.MinimumDuration.Ticks * TimeSpan.NanosecondsPerTick);
        Set("local_port", options.LocalPort);
        Set("remote_port", options.RemotePort);
        if (options.FailedOnly)
            named["failed"] = null;
        if (options.CommandName is { Length: > 0 } command)
        {
            named["comm"] = command;
            Set("comm_length", Encoding.UTF8.GetByteCount(command));
        }
        TimeSpan interval = options.Interval ?? Never;
        return new BpfTraceRequest
        {
            Script = new ScriptSource(tool.Program, tool.Script!),
            NamedParameters = named,
            Parameters = tool.Parameters.Contains(Interval) ? [Math.Max(1, (long)interval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)] : [],
            Duration = options.Duration,
        };

        void Set(string name, long value)
        {
            if (value != 0)
                named[name] = value.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static BpfTool Printing(string name, string description, params string[] parameters) => Tool(name, description, parameters, typeof(BpfTracePrint));

    private static BpfTool Counting(string name, string description, params string[] parameters) => Tool(name, description, parameters, typeof(BpfTraceMapEntry));

    private static BpfTool Tool(string name, string description, string[] parameters, Type outputType)
    {
        var text = new Lazy<string>(() => BpfTool.ReadScript($"{name}.bt"));
        return new BpfTool(name, description, $"{name}.bt", parameters, outputType, text, () => Requirements(text.Value));
    }

    // What its probes are at; one that may be missing is none.
    private static IEnumerable<BpfToolRequirement> Requirements(string text)
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("", text), new ScriptOptions { Parameters = ["1"] });
        if (script.Settings.MissingProbes != MissingProbes.Error)
            return [];
        return script.Tree.Probes.SelectMany(static p => p.AttachPoints).Where(static p => !p.IsPattern).Select(Requirement).OfType<BpfToolRequirement>().DistinctBy(static r => r.Name);
    }

    private static BpfToolRequirement? Requirement(AttachPoint point) => point.Provider switch
    {
        ProbeProvider.Tracepoint => BpfTool.TracepointRequirement($"{point.Target}:{point.Function}"),
        ProbeProvider.KProbe or ProbeProvider.KRetProbe => Needs("kprobes", BpfTraceProbes.HasKProbes(SystemPaths.Default), "This kernel was built without CONFIG_KPROBE_EVENTS."),
        ProbeProvider.UProbe or ProbeProvider.URetProbe => Needs(point.Target!, File.Exists(point.Target), "The file is not there."),
        _ => null,
    };

    private static BpfToolRequirement Needs(string name, bool isThere, string advice) => new(name, isThere, isThere ? null : advice);
}
