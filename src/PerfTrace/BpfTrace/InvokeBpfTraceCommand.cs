using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Invoke-BpfTrace: runs a script of the bpftrace language and gives what it prints and counts as objects.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BpfTrace", DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(BpfTracePrint), typeof(BpfTraceMapEntry), typeof(BpfPin), typeof(BpfTraceTestResult), typeof(BpfTraceBenchmark))]
public sealed class InvokeBpfTraceCommand : BpfTraceScriptCommand
{
    private BpfTraceSession? _session;

    /// <summary>Lines of text, exactly as bpftrace prints them.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>The script is checked and compiled, and not run; with -Verbose the programs are shown.</summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    /// <summary>Runs the script's test probes, and nothing that is at events.</summary>
    [Parameter]
    public SwitchParameter Test { get; set; }

    /// <summary>Measures the script's bench probes, and runs nothing that is at events.</summary>
    [Parameter]
    [Alias("Bench")]
    public SwitchParameter Benchmark { get; set; }

    protected override void EndProcessing()
    {
        CheckMode();
        BpfTraceRequest request = Request() with { IsTextOnly = AsText, Mode = Test ? BpfTraceMode.Test : Benchmark ? BpfTraceMode.Benchmark : BpfTraceMode.Trace };
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

    private void CheckMode()
    {
        if (Test && Benchmark)
            ThrowUsage("TestAndBenchmark", "-Test and -Benchmark are two runs: use one of them.");
        if (!Test && !Benchmark)
            return;
        string[] others = [.. MyInvocation.BoundParameters.Keys.Where(static k => k is nameof(Command) or nameof(ProcessId) or nameof(Duration))];
        if (others.Length > 0)
            ThrowUsage("NothingToTrace", $"-{others[0]} is for probes at events; with -{(Test ? nameof(Test) : nameof(Benchmark))} none of these run.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _session?.Dispose();
        base.Dispose(disposing);
    }
}
