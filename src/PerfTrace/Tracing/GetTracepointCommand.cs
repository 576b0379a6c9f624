using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-Tracepoint: the kernel's tracepoints with their fields, filters and triggers.</summary>
[Cmdlet(VerbsCommon.Get, "Tracepoint")]
[OutputType(typeof(Tracepoint))]
public sealed class GetTracepointCommand : PerfTraceCommand
{
    /// <summary>Tracepoints as system:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = ["*"];

    /// <summary>The trace instance that Enabled, Filter and Triggers are of; null or empty: the top-level buffer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TraceInstanceCompleter))]
    public string? Instance { get; set; }

    protected override void ProcessRecord()
    {
        TracingDirectory directory;
        try
        {
            directory = TracingDirectory.Open(SystemPaths.Default, string.IsNullOrEmpty(Instance) ? null : Instance, VerboseWriter);
        }
        catch (Exception e) when (e is KernelException or TraceNameException or TraceInstanceNotFoundException)
        {
            WriteProblem(e, Instance);
            return;
        }
        foreach (string name in Event)
            Find(directory, name);
    }

    private void Find(TracingDirectory directory, string name)
    {
        TracepointFilter filter = TracepointFilter.Create(name);
        bool isFound = false;
        foreach (Tracepoint tracepoint in TracepointCatalogue.List(directory))
        {
            if (StopToken.IsCancellationRequested)
                return;
            if (filter.Matches(tracepoint))
            {
                isFound = true;
                WriteObject(tracepoint);
            }
        }
        if (!isFound && !filter.IsWildcard)
            WriteProblem(TracepointCatalogue.NotFound(directory, name), name);
    }
}
