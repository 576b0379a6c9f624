using System.Runtime.InteropServices;

namespace PerfTrace.BpfTrace;

/// <summary>The signals that a script's programs run at: <c>self:signal:SIGUSR1</c>. They come to this process, and do nothing else meanwhile.</summary>
internal sealed class ScriptSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _guard = new();
    private bool _isDisposed;

    private ScriptSignals()
    {
    }

    /// <summary>Listens to those that programs wait for; null: none does.</summary>
    public static ScriptSignals? Listen(ScriptPrograms programs)
    {
        var signals = new ScriptSignals();
        foreach (string name in programs.Signals)
            signals._registrations.Add(PosixSignalRegistration.Create((PosixSignal)SignalNames.Find(name)!.Value, context => signals.Handle(context, programs, name)));
        return signals._registrations.Count > 0 ? signals : null;
    }

    public void Dispose()
    {
        lock (_guard)
            _isDisposed = true;
        _registrations.ForEach(static r => r.Dispose());
        _registrations.Clear();
    }

    private void Handle(PosixSignalContext context, ScriptPrograms programs, string name)
    {
        context.Cancel = true;
        lock (_guard)
        {
            if (!_isDisposed)
                programs.Run(name);
        }
    }
}
