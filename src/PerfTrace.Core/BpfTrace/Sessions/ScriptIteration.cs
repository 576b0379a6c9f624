using System.Runtime.ExceptionServices;

namespace PerfTrace.BpfTrace;

/// <summary>The iterators of a script, which go through all that they are for on a thread of their own, while another reads what they give.</summary>
internal sealed class ScriptIteration : IDisposable
{
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;

    private ScriptIteration(ScriptPrograms programs, Action ended, CancellationToken stop)
    {
        _thread = new Thread(() =>
        {
            try
            {
                if (programs.Iterate(stop))
                    ended();
            }
            catch (OperationCanceledException)
            {
                // Whoever asked for it ends the script.
            }
            // Whatever it is, it would end the process on this thread: who waits is told.
            catch (Exception e)
            {
                _error = ExceptionDispatchInfo.Capture(e);
                ended();
            }
        }) { IsBackground = true, Name = "iterators of a script" };
    }

    /// <summary>Has the iterators begin; null: there are none.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="ended">Called when they are through, if nothing else can give anything, or when they failed.</param>
    /// <param name="stop">Ends them.</param>
    public static ScriptIteration? Start(ScriptPrograms programs, Action ended, CancellationToken stop)
    {
        if (!programs.HasIterators)
            return null;
        var iteration = new ScriptIteration(programs, ended, stop);
        iteration._thread.Start();
        return iteration;
    }

    /// <summary>Waits until they are through or have ended early.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">The kernel refused.</exception>
    public void Wait()
    {
        _thread.Join();
        _error?.Throw();
    }

    public void Dispose() => _thread.Join();
}
