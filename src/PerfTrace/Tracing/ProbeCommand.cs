using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets of kprobes and uprobes share.</summary>
public abstract class ProbeCommand : PerfTraceCommand
{
    /// <summary>Does something to one probe; what is wrong with it is an error that lets the others go on.</summary>
    private protected void Try(object? target, Action<TracingDirectory> action) =>
        Attempt(target, () => action(TracingDirectory.Open(SystemPaths.Default, null, VerboseWriter)));

    /// <summary>The same without tracefs.</summary>
    private protected void Attempt(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is KernelException or TraceNameException or ProbeSyntaxException or ProbePlaceException or ProbeExistsException
            or ProbeNotFoundException or ProbeBusyException or SymbolNotFoundException or ElfException or FileNotFoundException or CommandException)
        {
            WriteProblem(e, target);
        }
        catch (OperationCanceledException)
        {
            // Stopped while it waited: the probe is as it was.
        }
    }

    /// <summary>Gives the probes that a name or a pattern means; a name that none has is an error.</summary>
    private protected void Find<T>(string name, Func<TracingDirectory, IReadOnlyList<T>> list, Func<TracingDirectory, string, Exception> notFound, Action<TracingDirectory, T> found)
        where T : IProbe
    {
        Try(name, directory =>
        {
            TracepointFilter filter = TracepointFilter.Create(name);
            bool isFound = false;
            foreach (T probe in list(directory))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                if (!filter.Matches(probe.Group, probe.Name))
                    continue;
                isFound = true;
                found(directory, probe);
            }
            if (!isFound && !filter.IsWildcard)
                throw notFound(directory, name);
        });
    }
}
