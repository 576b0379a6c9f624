using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-Tracepoint: the kernel's tracepoints with their fields, filters and triggers.</summary>
[Cmdlet(VerbsCommon.Get, "Tracepoint")]
[OutputType(typeof(Tracepoint), typeof(TracepointDetail))]
public sealed class GetTracepointCommand : PerfTraceCommand
{
    /// <summary>Tracepoints as system:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = ["*"];

    /// <summary>
    /// The trace instance that Enabled, Filter and Triggers are of; null or empty: the session's own once there is one, before that the top-level
    /// buffer.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TraceInstanceCompleter))]
    public string? Instance { get; set; }

    /// <summary>The machine's top-level buffer, even if the session has an instance.</summary>
    [Parameter]
    public SwitchParameter TopLevel { get; set; }

    /// <summary>All that the files of each tracepoint tell, as a list.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord()
    {
        TracingDirectory directory;
        try
        {
            if (TopLevel && !string.IsNullOrEmpty(Instance))
                throw new TraceNameException(Instance, "Either an instance or -TopLevel, not both.");
            directory = !string.IsNullOrEmpty(Instance) ? TracingDirectory.Open(SystemPaths.Default, Instance, VerboseWriter)
                : (TopLevel ? null : TraceSession.Current.FindSessionInstance(SystemPaths.Default)) ?? TracingDirectory.Open(SystemPaths.Default, null, VerboseWriter);
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
        foreach (Tracepoint tracepoint in filter.Find(directory))
        {
            if (StopToken.IsCancellationRequested)
                return;
            isFound = true;
            Write(tracepoint);
        }
        if (!isFound && !filter.IsWildcard)
            WriteProblem(TracepointCatalogue.NotFound(directory, name), name);
    }

    private void Write(Tracepoint tracepoint)
    {
        if (!Detailed)
        {
            WriteObject(tracepoint);
            return;
        }
        try
        {
            WriteObject(new TracepointDetail(tracepoint));
        }
        catch (Exception e) when (e is KernelException or TraceInstanceNotFoundException)
        {
            WriteProblem(e, tracepoint.Event); // a probe that was removed meanwhile
        }
    }
}
