using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>What all cmdlets share: a token that Ctrl-C sets, errors from exceptions, and release whichever way the pipeline ends.</summary>
public abstract class PerfTraceCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _registration;

    protected PerfTraceCommand() => _registration = ModuleResources.Own(_stop.Cancel);

    /// <summary>Set when the pipeline is stopped, and when the module is removed.</summary>
    protected CancellationToken StopToken => _stop.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected override void StopProcessing() => _stop.Cancel();

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _registration.Dispose();
            _stop.Dispose();
        }
    }

    protected void WriteProblem(Exception exception, object? target, string? id = null) =>
        WriteError(ErrorRecords.From(exception, target, id));

    protected void ThrowProblem(Exception exception, object? target, string? id = null) => EndWith(ErrorRecords.From(exception, target, id));

    /// <summary>Ends the command with an error about how it was called.</summary>
    protected void ThrowUsage(string id, string message, object? target = null) =>
        EndWith(new ErrorRecord(new ArgumentException(message), id, ErrorCategory.InvalidArgument, target));

    /// <summary>Ends the command with an error. With <c>-ErrorAction Stop</c> it ends the script, too, as an error does that would not end the command.</summary>
    protected void EndWith(ErrorRecord error)
    {
        // ThrowTerminatingError ends the statement alone, whatever that parameter says.
        if (MyInvocation.BoundParameters.TryGetValue("ErrorAction", out object? action) && action is ActionPreference.Stop)
            WriteError(error);
        ThrowTerminatingError(error);
    }

    /// <summary>A program that is started here, in the shell's location.</summary>
    /// <param name="command">Its name, and arguments.</param>
    /// <param name="arguments">More arguments.</param>
    private protected CounterTarget.Command CommandTarget(string[] command, string[] arguments) =>
        new(command[0], [.. command.AsSpan(1), .. arguments], SessionState.Path.CurrentFileSystemLocation.Path);

    /// <summary>Leaves a pipeline that takes nothing any more, as PowerShell's after Ctrl-C; the stand-alone host still takes what is left, and this returns.</summary>
    protected void LeaveStoppedPipeline() => WriteObject(Array.Empty<object>(), enumerateCollection: true);

    /// <summary>Lets the core's messages reach the verbose stream.</summary>
    protected Action<string> VerboseWriter => WriteVerbose;
}
