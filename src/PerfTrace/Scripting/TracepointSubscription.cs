using System.ComponentModel;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>
/// What <c>Register-TracepointEvent</c> runs: a stream that is read on a thread of its own and raises PowerShell events. <c>$Sender</c> in an
/// action is this object.
/// </summary>
public sealed class TracepointSubscription : IDisposable
{
    private readonly TracepointStream _stream;
    private readonly WhereCompiler? _shellFilter;
    private readonly PSEventManager _events;
    private readonly PSObject? _messageData;
    private readonly bool _hasAction;
    private readonly int _maxQueued;
    private readonly CancellationTokenSource _end = new();
    private readonly IDisposable _registration;
    private readonly SemaphoreSlim _room;
    private long _dropped;

    internal TracepointSubscription(TracepointStream stream, WhereCompiler? shellFilter, PSEventManager events, string sourceIdentifier,
        PSObject? messageData, bool hasAction, int maxQueued)
    {
        _stream = stream;
        _shellFilter = shellFilter;
        _events = events;
        _messageData = messageData;
        _hasAction = hasAction;
        _maxQueued = maxQueued;
        _room = new SemaphoreSlim(maxQueued);
        SourceIdentifier = sourceIdentifier;
        _registration = ModuleResources.Own(Dispose);
    }

    /// <summary>
    /// What PowerShell subscribes to, and unsubscribes from; that ends the subscription. It is not raised in the manner of .NET: PowerShell would take
    /// the events to threads of the pool, where they lose their order.
    /// </summary>
    public event EventHandler Received
    {
        add { }
        remove => Dispose();
    }

    public string SourceIdentifier { get; }

    /// <summary>What has come so far.</summary>
    public TracepointStreamSummary Summary => _stream.Summary;

    /// <summary>Events that were dropped because as many as allowed waited in PowerShell's queue already.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The target ended, the duration is over, or it was unsubscribed.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Why it ended before its time; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Ends the subscription; nothing is raised afterwards.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _stream.Stop();
        _registration.Dispose();
    }

    /// <summary>The action has taken an event out of the queue; it calls this itself.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Taken() => _room.Release();

    internal void Start() => new Thread(Run) { IsBackground = true, Name = "perftrace events" }.Start();

    private void Run()
    {
        try
        {
            var batch = new TraceEvent[64];
            while (!_end.IsCancellationRequested && _stream.Fill(batch) is > 0 and var count)
            {
                for (int i = 0; i < count && !_end.IsCancellationRequested; i++)
                    Raise(batch[i]);
            }
        }
        catch (OperationCanceledException)
        {
            // Unsubscribed while the queue was full.
        }
        catch (Exception e) when (e is Kernel.CommandException or Interop.KernelException or RuntimeException)
        {
            Failure = e;
        }
        finally
        {
            HasEnded = true;
            _stream.Dispose();
        }
    }

    private void Raise(TraceEvent e)
    {
        if (_shellFilter?.Passes(e) == false)
            return;
        // PowerShell's queues have no bound. Whoever has no action collects with Get-Event: so many may wait. Of an action as many calls may be
        // waiting; then the ring buffers take what comes meanwhile, and count what they can not take.
        if (_hasAction)
        {
            _room.Wait(_end.Token);
        }
        else if (_events.ReceivedEvents.Count >= _maxQueued)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        // Not in another thread: those of the pool would change the order.
        _events.GenerateEvent(SourceIdentifier, this, [e], _messageData, processInCurrentThread: true, waitForCompletionInCurrentThread: false);
    }
}
