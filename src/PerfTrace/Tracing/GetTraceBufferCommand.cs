using System.Globalization;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-TraceBuffer: what is recorded in a trace buffer, as objects; it stays there.</summary>
[Cmdlet(VerbsCommon.Get, "TraceBuffer")]
[OutputType(typeof(TraceEvent), typeof(FunctionEntry), typeof(FunctionGraphEntry), typeof(TraceMarker), typeof(BpfPrintk), typeof(TraceText))]
public sealed class GetTraceBufferCommand : TraceInstanceCommand
{
    /// <summary>Which records, as system:name with wildcards in either part.</summary>
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

    /// <summary>The last so many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = int.MaxValue;

    protected override void ProcessRecord()
    {
        if (FindDirectory() is not { } directory)
            return;
        Try(Instance, () =>
        {
            if (TraceEventSelection.Find(directory, Event, (e, name) => WriteProblem(e, name)) is not { } isWanted || TraceCpuSelection.Find(directory, Cpu, WriteError) is not { } cpus)
                return;
            var last = new Queue<TraceRecord>();
            // One CPU's buffer has a file of its own.
            using TraceBufferText text = TraceBufferText.Open(directory, cpus.Count == 1 ? cpus[0] : null);
            while (!StopToken.IsCancellationRequested && text.TryRead(out TraceRecord? record))
            {
                if (!isWanted(record.EventName) || (cpus.Count > 1 && !(record.Cpu is { } cpu && cpus.Contains(cpu))))
                    continue;
                if (Last == int.MaxValue)
                {
                    WriteObject(record);
                    continue;
                }
                last.Enqueue(record);
                if (last.Count > Last)
                    last.Dequeue();
            }
            foreach (TraceRecord record in last)
                WriteObject(record);
            WarnOfLoss(text);
        });
    }

    private void WarnOfLoss(TraceBufferText text)
    {
        if (text.LostPerCpu.Count > 0)
        {
            string cpus = string.Join(", ", text.LostPerCpu.OrderBy(static p => p.Key).Select(static p => string.Create(CultureInfo.InvariantCulture, $"CPU {p.Key}: {p.Value}")));
            WriteWarning(string.Create(CultureInfo.InvariantCulture,
                $"{text.LostPerCpu.Values.Sum()} events were overwritten while the buffer was being read ({cpus}): stop the recording first (Set-TraceBuffer -Tracing Off), or read with Watch-TracePipe."));
        }
        else if (text.HasUncountedLoss)
        {
            WriteWarning("Events were overwritten while the buffer was being read; the kernel does not say how many.");
        }
    }
}
