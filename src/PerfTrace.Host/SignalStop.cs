using System.Runtime.InteropServices;
using PerfTrace.Host.Running;

namespace PerfTrace.Host;

/// <summary>Signals that ask the program to end: the first one stops the cmdlets, the second ends the process at once.</summary>
internal sealed class SignalStop : IDisposable
{
    private readonly StopState _stop;
    private readonly PosixSignalRegistration[] _registrations;

    public SignalStop(StopState stop)
    {
        _stop = stop;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, ExitCodes.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, 128 + 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnSignal(context, 128 + 1)),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (_stop.IsStopping)
            Environment.Exit(exitCode);
        _stop.Stop(exitCode);
    }
}
