using System.Globalization;
using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>What cmdlets have in common that take samples as they come: the stream, and what is told of it.</summary>
public abstract class LiveSampleCommand : SamplingCommand
{
    private readonly SymbolStore _symbols = new(SystemPaths.Default);
    private PerfSampleStream? _stream;
    private long _warnedAt;

    protected override void EndProcessing()
    {
        IReadOnlyList<PerfEventGroup> groups = ResolveEvents();
        if (groups.Count == 0 || Target() is not { } target)
            return; // each has had its error
        try
        {
            _stream = PerfSampleStream.Start(groups, target, PerfRecording.Bounded(SamplingOptions(), SystemPaths.Default, WriteWarning), _symbols, Duration, Delay,
                problem: p => WriteProblem(p.Cause, p.Target, p.Id), stop: StopToken);
        }
        catch (Exception e) when (e is CommandException or KernelException or ControlGroupException or NotSupportedException)
        {
            WriteProblem(e, Command?[0] ?? (object?)Event);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it began: nothing of it is left.
        }
        if (_stream is null)
            return;
        if (_stream.Restricted.Count > 0)
        {
            WriteWarning($"Sampled in user space only: {string.Join(", ", _stream.Restricted)}. Run as root or with CAP_PERFMON, "
                + "or set kernel.perf_event_paranoid to 1, to sample the kernel too.");
        }
        try
        {
            Watch(_stream);
        }
        catch (Exception e) when (e is KernelException or PerfDataException)
        {
            WriteProblem(e, Command?[0] ?? (object?)Event);
        }
        if (StopToken.IsCancellationRequested)
            return;
        WarnOfLoss(_stream, isFinal: true);
        if (_stream.Missing is { } missing)
            WriteWarning(missing);
        GetPerfSampleCommand.WarnOf(this, _symbols);
    }

    /// <summary>Writes what comes, until the end.</summary>
    protected abstract void Watch(PerfSampleStream stream);

    /// <summary>Tells of losses: at once when the first come, then each time there are ten times as many.</summary>
    protected void WarnOfLoss(PerfSampleStream stream, bool isFinal)
    {
        long lost = stream.Lost;
        if (lost == _warnedAt || (!isFinal && lost < 10 * _warnedAt))
            return;
        _warnedAt = lost;
        WriteWarning(string.Create(CultureInfo.CurrentCulture, $"{lost:n0} samples were lost: they came faster than they were taken. Make -Frequency smaller, or -BufferSize larger."));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
            _symbols.Dispose();
        }
        base.Dispose(disposing);
    }
}
