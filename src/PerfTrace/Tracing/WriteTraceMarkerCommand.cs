using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Write-TraceMarker: writes texts into a trace buffer, in time with the events.</summary>
[Cmdlet(VerbsCommunications.Write, "TraceMarker", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(void))]
public sealed class WriteTraceMarkerCommand : TraceInstanceCommand
{
    private TraceMarkerWriter? _writer;
    private (string? Instance, bool TopLevel) _open;

    /// <summary>Texts; each line becomes a marker.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    [ValidateNotNull]
    public string[] Message { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string message in Message)
        {
            if (StopToken.IsCancellationRequested)
                return;
            if (Open() is not { } writer)
                return;
            Try(message, () => writer.Write(message));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _writer?.Dispose();
        base.Dispose(disposing);
    }

    // Kept open while the instance is the same: a marker then costs one system call.
    private TraceMarkerWriter? Open()
    {
        (string?, bool) wanted = (Instance, TopLevel);
        if (_writer is not null && _open == wanted)
            return _writer;
        _writer?.Dispose();
        _writer = null;
        if (FindTarget() is not { } target || !ShouldProcess(target.Description, "Write markers"))
            return null;
        Try(Instance, () => _writer = new TraceMarkerWriter(target.Open()));
        _open = wanted;
        return _writer;
    }
}
