using PerfTrace.Host.Binding;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;
using PerfTrace.Tracing;

namespace PerfTrace.Host;

/// <summary>The entry point of perftrace.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var stop = new StopState();
        using var signals = new SignalStop(stop);
        TraceSession.HostHandlesSignals = true;
        var program = new HostProgram(HostConsole.Standard(), () => new CommandTable(typeof(Program).Assembly), AppContext.BaseDirectory, stop);
        return program.Run(arguments);
    }
}
