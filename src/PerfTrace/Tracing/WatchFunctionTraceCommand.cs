using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Watch-FunctionTrace: calls of kernel functions as they happen.</summary>
[Cmdlet(VerbsCommon.Watch, "FunctionTrace", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FunctionEntry), typeof(FunctionGraphEntry))]
public sealed class WatchFunctionTraceCommand : TraceReadingCommand
{
    private readonly List<string> _functions = [];
    private readonly List<int> _processes = [];
    private FunctionTrace? _trace;

    /// <summary>Functions; wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelFunctionCompleter))]
    public string[] Function { get; set; } = [];

    /// <summary>Calls with their durations, instead of entries.</summary>
    [Parameter]
    public SwitchParameter Graph { get; set; }

    /// <summary>How many traced functions deep.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? MaxDepth { get; set; }

    /// <summary>These processes, with their threads and what they fork.</summary>
    [Parameter]
    [Alias("PID")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The kernel's stack with each entry.</summary>
    [Parameter]
    public SwitchParameter StackTrace { get; set; }

    /// <summary>The arguments with each call.</summary>
    [Parameter]
    public SwitchParameter Argument { get; set; }

    /// <summary>Functions of this module alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Module { get; set; }

    /// <summary>Functions that are left out; wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelFunctionCompleter))]
    public string[] Exclude { get; set; } = [];

    protected override void BeginProcessing()
    {
        if (MaxDepth is not null && !Graph)
            ThrowUsage("ContradictoryParameters", "-MaxDepth has a meaning only with -Graph.");
        if (StackTrace && Graph)
            ThrowUsage("ContradictoryParameters", "-StackTrace and -Graph exclude each other: the kernel records stacks with entries alone.");
        if (StackTrace && Argument)
            ThrowUsage("ContradictoryParameters", "-StackTrace and -Argument exclude each other: the kernel records one of them.");
    }

    protected override void ProcessRecord()
    {
        _functions.AddRange(Function);
        _processes.AddRange(ProcessId);
    }

    protected override void EndProcessing()
    {
        TracingDirectory? directory = null;
        if ((TopLevel || !string.IsNullOrEmpty(Instance)) && (directory = FindDirectory()) is null)
            return;
        if (!ShouldProcess(directory?.Description ?? "an instance of its own", $"Trace {string.Join(", ", _functions.Distinct())}"))
            return;
        var options = new FunctionTraceOptions([.. _functions.Distinct()])
        {
            Module = Module,
            Exclude = Exclude,
            Graph = Graph,
            MaxDepth = MaxDepth,
            Processes = [.. _processes.Distinct()],
            StackTrace = StackTrace,
            Arguments = Argument,
        };
        Try(string.Join(", ", options.Functions), () =>
        {
            using FunctionTrace trace = _trace = FunctionTrace.Start(SystemPaths.Default, directory, options, VerboseWriter);
            Watch(trace.Directory, new TracePipeOptions { Duration = Duration, IsWanted = static f => f is { System: "ftrace", Name: "function" } || (f.System == "ftrace" && (f.Name.StartsWith("funcgraph_", StringComparison.Ordinal) || f.Name == "fgraph_retaddr_entry")) });
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _trace?.Dispose();
    }
}
