using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Watch-TracePipe: takes what is recorded out of a trace buffer, as objects.</summary>
[Cmdlet(VerbsCommon.Watch, "TracePipe")]
[OutputType(typeof(TraceEvent), typeof(FunctionEntry), typeof(FunctionGraphEntry), typeof(TraceMarker), typeof(BpfPrintk), typeof(TraceText))]
public sealed class WatchTracePipeCommand : TraceReadingCommand
{
    /// <summary>Which records become objects, as system:name with wildcards in either part; the others are taken out of the buffer all the same.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[]? Event { get; set; }

    /// <summary>These CPUs; all if nothing is said.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    protected override void ProcessRecord()
    {
        if (FindDirectory() is not { } directory)
            return;
        Try(Instance, () =>
        {
            if (TraceEventSelection.Find(directory, Event, (e, name) => WriteProblem(e, name)) is { } isWanted && TraceCpuSelection.Find(directory, Cpu, WriteError) is { } cpus)
            {
                Watch(directory, new TracePipeOptions
                {
                    Cpus = cpus.Count == 0 ? null : cpus,
                    Duration = Duration,
                    IsWanted = Event is null ? null : f => isWanted(f.FullName),
                });
            }
        });
    }
}
