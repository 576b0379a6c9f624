using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Invoke-BpfTrace: runs a script of the bpftrace language and gives what it prints and counts as objects.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BpfTrace", DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(BpfTracePrint), typeof(BpfTraceMapEntry), typeof(BpfPin))]
public sealed class InvokeBpfTraceCommand : BpfTraceScriptCommand
{
    private BpfTraceSession? _session;

    /// <summary>Lines of text, exactly as bpftrace prints them.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>The script is checked and compiled, and not run; with -Verbose the programs are shown.</summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    protected override void EndProcessing()
    {
        BpfTraceRequest request = Request() with { IsTextOnly = AsText };
        try
        {
            if (DryRun)
            {
                foreach ((string probe, string listing) in BpfTraceSession.Disassemble(request))
                    WriteVerbose($"{probe}\n{listing}");
                return;
            }
            _session = BpfTraceSession.Start(request, VerboseWriter, StopToken);
            foreach (ScriptDiagnostic warning in _session.Warnings)
                WriteWarning(warning.ToString());
            using var progress = new WorkProgress(this, request.Script.Title, Duration, StopToken);
            if (Duration is not null)
                _session.Waiting = () => progress.Show();
            // What the script does in its end comes after a stop, too.
            using (StopToken.Register(_session.Stop))
                new BpfTraceWriter(this, AsText).WriteAll(_session, Host, StopToken);
            if (_session.ExitStatus != 0)
                WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"The script ended with the status {_session.ExitStatus}."));
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything was attached: nothing of it is left.
        }
        catch (Exception e) when (IsProblem(e))
        {
            ThrowProblem(e, request.Script.Name);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _session?.Dispose();
        base.Dispose(disposing);
    }
}
