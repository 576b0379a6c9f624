using System.Diagnostics;

namespace PerfTrace.Host.Running;

/// <summary>Whether a run is to stop, asked for from any thread, and how long its cmdlets may still write.</summary>
internal sealed class StopState
{
    /// <summary>Time for a cmdlet that was told to stop to return from its wait and write its totals.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IReadOnlyList<CommandStage> _stages = [];
    private long _stoppedAt;

    private volatile bool _isStopping;

    public bool IsStopping => _isStopping;

    /// <summary>What the run's exit status will be for having been stopped.</summary>
    public int ExitCode { get; private set; }

    public bool IsGraceOver => _isStopping && Stopwatch.GetElapsedTime(_stoppedAt) > s_grace;

    /// <summary>Names the cmdlets to tell. If the stop came before, they are told now.</summary>
    public void Attach(IReadOnlyList<CommandStage> stages)
    {
        lock (_gate)
        {
            _stages = stages;
            if (_isStopping)
                StopAll();
        }
    }

    /// <summary>The cmdlets are about to be disposed of. Waits for a stop that is just telling them.</summary>
    public void Detach()
    {
        lock (_gate)
            _stages = [];
    }

    /// <summary>Tells every cmdlet to stop; the first call counts.</summary>
    public void Stop(int exitCode)
    {
        lock (_gate)
        {
            if (_isStopping)
                return;
            ExitCode = exitCode;
            _stoppedAt = Stopwatch.GetTimestamp();
            _isStopping = true;
            StopAll();
        }
    }

    private void StopAll()
    {
        foreach (CommandStage stage in _stages)
            stage.Stop();
    }
}
