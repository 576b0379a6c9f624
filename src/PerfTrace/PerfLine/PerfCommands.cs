using System.Globalization;

namespace PerfTrace.Commands;

/// <summary>perf's commands that the function <c>perf</c> knows, and what to take for the others.</summary>
internal static class PerfCommands
{
    private static readonly Dictionary<string, string> NoAdvice = [];

    private static readonly PerfOption Events = new('e', "event", PerfOptionValue.Required, static (line, value) => line.Add("Event", value!));

    // Whom to count or sample; what perf says at the side goes where PowerShell says it.
    private static readonly PerfOption[] Target =
    [
        Events,
        PerfOption.Flag('a', "all-cpus", "AllCpu"),
        PerfOption.List('p', "pid", "ProcessId"),
        PerfOption.List('t', "tid", "ThreadId"),
        PerfOption.Text('C', "cpu", "Cpu"),
        PerfOption.List('G', "cgroup", "CGroup"),
        PerfOption.Ignored('v', "verbose"),
        PerfOption.Ignored('q', "quiet"),
    ];

    private static readonly PerfOption[] Sampling =
    [
        .. Target,
        new('F', "freq", PerfOptionValue.Required, static (line, value) => line["Frequency"] = Whole("-F", value!)),
        new('c', "count", PerfOptionValue.Required, static (line, value) => line["Period"] = Whole("-c", value!)),
        new('g', null, PerfOptionValue.None, static (line, _) => line["CallStack"] ??= "FramePointer"),
        new(null, "call-graph", PerfOptionValue.Required, CallGraph),
        PerfOption.Flag('i', "no-inherit", "NoInherit"),
        new('m', "mmap-pages", PerfOptionValue.Required, static (line, value) => line["BufferSize"] = Pages(value!)),
    ];

    private static readonly PerfCommand[] All =
    [
        new("stat", "Get-PerfCounter",
            [
                .. Target,
                new('r', "repeat", PerfOptionValue.Required, static (line, value) => line["Repeat"] = Whole("-r", value!)),
                Milliseconds('I', "interval-print", "Interval"), Milliseconds('D', "delay", "Delay"), Milliseconds(null, "timeout", "Duration"),
                PerfOption.Flag('A', "no-aggr", "PerCpu"), PerfOption.Flag(null, "per-core", "PerCore"), PerfOption.Flag(null, "per-socket", "PerSocket"), PerfOption.Flag(null, "per-thread", "PerThread"),
                PerfOption.Flag('i', "no-inherit", "NoInherit"),
                PerfOption.List(null, "for-each-cgroup", "CGroup"),
                new('x', "field-separator", PerfOptionValue.Required, static (line, value) => line.Separator = value is "\\t" ? "\t" : value),
                PerfOption.Ignored('B', "big-num"), PerfOption.Ignored(null, "no-big-num"),
            ],
            new Dictionary<string, string>
            {
                ["-j"] = "The results are objects: pipe them to ConvertTo-Json.",
                ["--json-output"] = "The results are objects: pipe them to ConvertTo-Json.",
                ["-o"] = "The results are objects: pipe them to Export-Csv or Out-File.",
                ["--output"] = "The results are objects: pipe them to Export-Csv or Out-File.",
                ["-M"] = "The figures that perf stat shows beside the counts are the properties MetricName and MetricValue.",
            },
            Program),
        new("record", "Start-PerfRecord",
            [
                .. Sampling,
                PerfOption.Text('o', "output", "Path"), Milliseconds('D', "delay", "Delay"),
                new('z', "compression-level", PerfOptionValue.Joined, static (line, _) => line["Compress"] = true),
                PerfOption.Flag(null, "overwrite", "Overwrite"), PerfOption.Flag(null, "off-cpu", "OffCpu"),
                new(null, "switch-output", PerfOptionValue.Joined, SwitchOutput),
                PerfOption.Ignored('R', "raw-samples"), PerfOption.Ignored('T', "timestamp"), PerfOption.Ignored('P', "period"), PerfOption.Ignored('N', "no-buildid-cache"), PerfOption.Ignored('B', "no-buildid"),
            ],
            NoAdvice, static (line, words) =>
            {
                Program(line, words);
                line["Wait"] = true; // perf comes back when the recording has ended
            }),
        new("report", "Get-PerfReport",
            [
                .. Reading("Command"),
                new('s', "sort", PerfOptionValue.Required, static (line, value) => line.Add("GroupBy", value!.Split(',').Select(Key))),
                new('g', "call-graph", PerfOptionValue.Optional, static (line, _) => line["CallTree"] = true),
                new('G', "inverted", PerfOptionValue.None, static (line, _) => line["CallTree"] = line["Inverted"] = true),
                new(null, "no-children", PerfOptionValue.None, static (line, _) => line.SortBy = "SelfPercent"),
                PerfOption.List('d', "dsos", "Module"), PerfOption.List('S', "symbols", "Symbol"),
                PerfOption.Text(null, "percent-limit", "MinPercent"), PerfOption.Flag(null, "inline", "Inline"),
                .. Silent("stdio stdio2 tui gtk children no-call-graph header no-inline no-demangle"), PerfOption.Ignored('n', "show-nr-samples"), PerfOption.Ignored('f', "force"),
            ],
            NoAdvice, static (line, words) =>
            {
                NoWords(line, words);
                if (line.Has("CallTree"))
                    line.SortBy = null; // a tree has an order of its own
            }),
        new("script", "Get-PerfSample",
            [.. Reading("CommandName"), .. Silent("header ns"), PerfOption.Ignored('f', "force")],
            new Dictionary<string, string>
            {
                ["-F"] = "The samples are objects: Select-Object chooses their properties.",
                ["--fields"] = "The samples are objects: Select-Object chooses their properties.",
                ["-s"] = "A script is what stands behind the next pipe.",
            },
            NoWords),
        new("top", "Watch-PerfTop",
            [
                .. Sampling,
                new('d', "delay", PerfOptionValue.Required, static (line, value) => line["Interval"] = Time("-d", value!, 1)),
                PerfOption.Text('E', "entries", "First"),
                new('s', "sort", PerfOptionValue.Required, static (line, value) => line.Add("GroupBy", value!.Split(',').Select(Key))),
                PerfOption.List(null, "comms", "CommandName"), PerfOption.List(null, "dsos", "Module"), PerfOption.List(null, "symbols", "Symbol"),
                PerfOption.Text(null, "percent-limit", "MinPercent"), PerfOption.Flag(null, "inline", "Inline"),
                .. Silent("stdio tui no-children children"), PerfOption.Ignored('n', "show-nr-samples"), PerfOption.Ignored('z', "zero"),
            ],
            NoAdvice, static (line, words) =>
            {
                OneTarget(line);
                NoWords(line, words);
            }),
        new("list", "Get-PerfEvent",
            [.. Silent("no-desc long-desc details"), PerfOption.Ignored('v', "verbose"), PerfOption.Ignored('d', "desc"), PerfOption.Text(null, "unit", "Pmu")],
            new Dictionary<string, string> { ["-j"] = "The events are objects: pipe them to ConvertTo-Json.", ["--json"] = "The events are objects: pipe them to ConvertTo-Json." },
            PerfEventList.Take),
        new("trace", "Watch-Tracepoint",
            [
                .. Target, PerfOption.Flag('i', "no-inherit", "NoInherit"), PerfOption.Text(null, "max-events", "MaxEvents"),
                new('m', "mmap-pages", PerfOptionValue.Required, static (line, value) => line["BufferSize"] = Pages(value!)),
                new(null, "call-graph", PerfOptionValue.Required, static (line, _) => line["CallStack"] = true),
                PerfOption.Text(null, "filter", "Filter"),
            ],
            new Dictionary<string, string>
            {
                ["-s"] = "How often and how long: Start-BpfTool syscount.",
                ["--summary"] = "How often and how long: Start-BpfTool syscount.",
                ["--duration"] = "Calls by their duration: Start-BpfTool syscalltime.",
            },
            static (line, words) =>
            {
                SystemCalls(line);
                Program(line, words);
                if (line["AllCpu"] is true)
                    line.Remove("AllCpu"); // as it is without a target
            }),
    ];

    // What perf does besides, and whose work it is here.
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["annotate"] = "Get-PerfAnnotation",
        ["diff"] = "Compare-PerfReport",
        ["probe"] = "New-KProbe and New-UProbe",
        ["evlist"] = "Get-PerfDataInfo",
        ["buildid-list"] = "Get-PerfDataInfo",
        ["data"] = "Export-PerfProfile",
        ["ftrace"] = "Watch-FunctionTrace",
        ["sched"] = "Start-BpfTool runqlat and offcputime",
        ["version"] = "(Get-Module PerfTrace).Version",
    };

    /// <exception cref="PerfLineException">There is none.</exception>
    public static PerfCommand Find(string name) => All.FirstOrDefault(c => c.Name == name) ?? throw new PerfLineException("PerfCommandNotFound",
        Elsewhere.TryGetValue(name, out string? cmdlet) ? $"perf {name} is {cmdlet} here; the function perf does not know it." : $"The function perf does not know '{name}'. It knows {Describe()}", name);

    /// <summary>All of them with their cmdlets.</summary>
    public static string Describe() => string.Join(", ", All.Select(static c => $"{c.Name} ({c.Cmdlet})")) + ".";

    private static PerfOption[] Reading(string commandParameter) =>
    [
        PerfOption.Text('i', "input", "Path"), PerfOption.List('c', "comms", commandParameter), PerfOption.List(null, "comm", commandParameter), PerfOption.List(null, "pid", "ProcessId"),
        PerfOption.List(null, "tid", "ThreadId"), PerfOption.Text('C', "cpu", "Cpu"), PerfOption.Ignored('v', "verbose"), PerfOption.Ignored('q', "quiet"),
    ];

    private static PerfOption[] Silent(string names) => [.. names.Split(' ').Select(static n => PerfOption.Ignored(null, n))];

    private static PerfOption Milliseconds(char? letter, string name, string parameter) =>
        new(letter, name, PerfOptionValue.Required, (line, value) => line[parameter] = Time($"--{name}", value!, 0.001));

    private static TimeSpan Time(string option, string value, double unit) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number * unit < 1e9 ? TimeSpan.FromSeconds(number * unit)
        : throw new PerfLineException("PerfOptionValue", $"{option} takes a number, not '{value}'.", value);

    private static long Whole(string option, string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new PerfLineException("PerfOptionValue", $"{option} takes a number here, not '{value}'.", value);

    // A number of pages, or a size: 128, 512K.
    private static long Pages(string value)
    {
        int shift = value.Length == 0 ? 0 : char.ToUpperInvariant(value[^1]) switch { 'B' => 0, 'K' => 10, 'M' => 20, 'G' => 30, _ => -1 };
        return shift < 0 ? Whole("-m", value) * Environment.SystemPageSize : Whole("-m", value[..^1]) << shift;
    }

    private static void CallGraph(PerfLine line, string? value)
    {
        string[] parts = value!.Split(',');
        line["CallStack"] = parts[0] switch
        {
            "fp" => "FramePointer",
            "dwarf" => "Dwarf",
            "lbr" => "Lbr",
            _ => throw new PerfLineException("PerfOptionValue", $"--call-graph takes fp, dwarf or lbr, not '{parts[0]}'.", value),
        };
        if (parts is ["dwarf", var size, ..])
            line["StackSize"] = Whole("--call-graph dwarf,", size);
    }

    private static void SwitchOutput(PerfLine line, string? value)
    {
        if (value is null or "signal")
            throw new PerfLineException("PerfOptionValue", "--switch-output takes a size or a time here: --switch-output=100M, --switch-output=30s.", value);
        line["SwitchOutput"] = char.ToUpperInvariant(value[^1]) is 'K' or 'M' or 'G' ? value + "B" : value;
    }

    private static string Key(string key) => key.Trim() switch
    {
        "comm" => "Command",
        "dso" => "Module",
        "sym" or "symbol" => "Symbol",
        "pid" => "Process",
        "tid" => "Thread",
        "cpu" => "Cpu",
        "srcline" => "SourceLine",
        "overhead" => throw new PerfLineException("PerfOptionValue", "Rows are sorted by their share anyway: leave 'overhead' out of --sort.", key),
        var field => field,
    };

    // Names without a colon are system calls, as for perf trace; without any all system calls are meant.
    private static void SystemCalls(PerfLine line)
    {
        string[] asked = line.Has("Event") ? [.. ((string[])line["Event"]!).SelectMany(static e => e.Split(',', StringSplitOptions.RemoveEmptyEntries))] : ["*"];
        line["Event"] = (string[])[.. asked.SelectMany(static e => e.Contains(':', StringComparison.Ordinal) ? [e] : (string[])[$"syscalls:sys_enter_{e}", $"syscalls:sys_exit_{e}"])];
    }

    private static void OneTarget(PerfLine line)
    {
        // perf stat -a -C 0,1 counts these two.
        if (line.Has("AllCpu") && (line.Has("Cpu") || line.Has("CGroup") || line.Has("ProcessId") || line.Has("ThreadId")))
            line.Remove("AllCpu");
    }

    private static void NoWords(PerfLine line, string[] words)
    {
        if (words.Length > 0)
            throw new PerfLineException("PerfWordUnexpected", $"There is nothing for '{words[0]}' to be: {line.Cmdlet} runs no program.", words[0]);
    }

    private static void Program(PerfLine line, string[] words)
    {
        OneTarget(line);
        string[] targets = [.. ((string[])["AllCpu", "Cpu", "CGroup", "ProcessId", "ThreadId"]).Where(line.Has)];
        if (words.Length == 0)
        {
            if (targets.Length == 0)
                line["AllCpu"] = true; // as perf does
            return;
        }
        if (targets.Length == 0)
        {
            line.IsProgram = true;
            line["Command"] = words[0];
            if (words.Length > 1)
                line["ArgumentList"] = words[1..];
            return;
        }
        // perf's way to say how long.
        if (words is not ["sleep", var time] || !double.TryParse(time.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
        {
            throw new PerfLineException("PerfTargetAndProgram",
                $"{line.Cmdlet} takes either a program or -{targets[0]}, not both ('sleep N' alone is understood, as -Duration N). Start '{words[0]}' apart, or give its process.", words[0]);
        }
        line["Duration"] = TimeSpan.FromSeconds(seconds);
    }
}
