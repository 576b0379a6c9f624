using System.Globalization;
using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>What cmdlets have in common that take what scripts in the background gave: which of them, and in which form.</summary>
public abstract class BpfTraceRunCommand : PerfTraceCommand
{
    protected const string ObjectSet = "InputObject", IdSet = "Id";

    /// <summary>Scripts from Start-BpfTrace and Get-BpfTrace.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfTraceRun[] InputObject { get; set; } = [];

    /// <summary>Scripts by their numbers.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfTraceIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>Lines of text, exactly as bpftrace prints them.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>The scripts that were asked for; an error is written for each that is not there.</summary>
    protected IReadOnlyList<BpfTraceRun> Selected() => ParameterSetName == IdSet ? Find(this, Id) : InputObject;

    internal static IReadOnlyList<BpfTraceRun> Find(Cmdlet command, int[] ids)
    {
        var found = new List<BpfTraceRun>();
        IReadOnlyList<BpfTraceRun> all = BpfTraceRuns.List();
        foreach (int id in ids)
        {
            if (all.FirstOrDefault(r => r.Id == id) is { } run)
                found.Add(run);
            else
                command.WriteError(new ErrorRecord(new KeyNotFoundException($"This session runs no script {id}; Get-BpfTrace lists those that it has."), "BpfTraceNotFound", ErrorCategory.ObjectNotFound, id));
        }
        return found;
    }

    /// <summary>Writes what a script has given since the last time, as far as the pipeline takes it: the rest can be received later.</summary>
    private protected void WriteOutput(BpfTraceRun run, BpfTraceWriter writer)
    {
        WarnOfDropped(run, run.TakeLost());
        // What comes meanwhile is for the next time: there may be no end of it. A map is one, of several objects.
        for (int left = run.Waiting; left > 0 && !StopToken.IsCancellationRequested && run.TryTake(out BpfTraceOutput? output); left--)
            writer.Write(output);
    }

    /// <summary>Writes what a script has given since the last time, and leaves it there.</summary>
    private protected void WriteKept(BpfTraceRun run, BpfTraceWriter writer)
    {
        BpfTraceBatch batch = run.Take(keep: true);
        WarnOfDropped(run, batch.Lost);
        foreach (BpfTraceOutput output in batch.Outputs)
            writer.Write(output);
    }

    /// <summary>Writes what there is to say of a script that has ended.</summary>
    private protected void WriteEnd(BpfTraceRun run, BpfTraceWriter writer)
    {
        writer.WarnOf(run.Lost);
        if (run.Error is not null)
            WriteProblem(run.Error, run.Name);
    }

    private void WarnOfDropped(BpfTraceRun run, long lost)
    {
        if (lost > 0)
        {
            WriteWarning(string.Create(CultureInfo.InvariantCulture,
                $"{lost} objects of script {run.Id} were dropped: it keeps {run.Capacity} until they are received. Receive them sooner, or start it with a larger -MaxOutput."));
        }
    }
}
