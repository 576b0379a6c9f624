using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Writes what a script gives into the pipeline: objects, or lines of the text that bpftrace prints; messages; losses.</summary>
/// <param name="command">Whose pipeline.</param>
/// <param name="isText">Lines of text.</param>
/// <param name="advice">What helps against losses; null: the settings of a script that is the user's own.</param>
internal sealed class BpfTraceWriter(PSCmdlet command, bool isText, BpfTraceLossAdvice? advice = null)
{
    private static readonly TimeSpan LossPeriod = TimeSpan.FromSeconds(1);

    // The pipeline refuses objects a moment before it tells its commands why.
    private static readonly TimeSpan UntilTold = TimeSpan.FromMilliseconds(200);

    private readonly BpfTraceLossAdvice _advice = advice ?? BpfTraceLossAdvice.OwnScript;
    private readonly StringBuilder _line = new();
    private Action<string> _warn = command.WriteWarning;
    private long _lookedAt = Stopwatch.GetTimestamp(), _warnedEvents, _warnedStacks;
    // What is kept of the line goes to the end of the text that the pipeline has refused.
    private bool _isRest;

    /// <summary>So many objects may still be written.</summary>
    public long Left { get; set; } = long.MaxValue;

    /// <summary>Writes all that a script gives until it ends, and what it has lost.</summary>
    /// <param name="session">The script.</param>
    /// <param name="host">What is shown when the pipeline takes no objects any more: as by bpftrace, what was counted.</param>
    /// <param name="stop">The pipeline is being stopped.</param>
    public void WriteAll(BpfTraceSession session, PSHost host, CancellationToken stop)
    {
        // Of stacks those scripts lose most that give nothing until their end.
        session.Waiting += () =>
        {
            if (!stop.IsCancellationRequested && Stopwatch.GetElapsedTime(_lookedAt) >= LossPeriod)
                TryWrite(() => LookForLoss(session), stop); // what is not told now is told at the end
        };
        foreach (BpfTraceOutput output in session.Read())
        {
            if (stop.IsCancellationRequested || !TryWrite(() => Write(output), stop))
                Show(output, host);
            if (Left <= 0)
                break;
        }
        if (!stop.IsCancellationRequested && TryWrite(End, stop) && TryWrite(() => WarnOf(session.Summary()), stop))
            return;
        if (_line.Length > 0)
            host.UI.Write(_line.ToString());
        if (IsSilent)
            return;
        _warn = host.UI.WriteWarningLine;
        WarnOf(session.Summary());
    }

    /// <summary>Writes into the pipeline.</summary>
    /// <returns>False: the pipeline is being stopped, and has not taken it.</returns>
    // Who gives a lot is stopped while the pipeline takes something, which ends with an exception then. It is the user's stop only where the command is told, too: an error of a command
    // behind this one looks the same, and nobody waits for the rest.
    public static bool TryWrite(Action write, CancellationToken stop)
    {
        try
        {
            write();
            return true;
        }
        catch (PipelineStoppedException) when (stop.WaitHandle.WaitOne(UntilTold))
        {
            return false;
        }
    }

    // A pipeline that is being stopped takes no warnings, and does not ask for this.
    private bool IsSilent => (command.MyInvocation.BoundParameters.TryGetValue("WarningAction", out object? action) ? action : command.SessionState.PSVariable.GetValue("WarningPreference"))
        is ActionPreference.SilentlyContinue or ActionPreference.Ignore;

    private void Show(BpfTraceOutput output, PSHost host)
    {
        // Of a text that the pipeline has taken in part, the rest is here.
        string rest = _line.ToString();
        bool isRest = _isRest;
        _line.Clear();
        _isRest = false;
        if (isRest)
        {
            host.UI.Write(rest);
            return;
        }
        if (rest.Length > 0)
            host.UI.Write(output.StartsLine ? $"{rest}\n" : rest);
        host.UI.Write(output.Message is { } message ? $"{message}\n" : output.Text);
    }

    // Within a second when the first are lost, and then each time there are ten times as many; all of them at the end.
    private void LookForLoss(BpfTraceSession session)
    {
        _lookedAt = Stopwatch.GetTimestamp();
        BpfTraceSummary lost = session.Summary();
        if (IsWorthAWord(lost.Events, ref _warnedEvents))
            Warn($"{lost.Events} events were lost until now: the ring buffer was full. {_advice.Events}");
        if (IsWorthAWord(lost.Stacks, ref _warnedStacks))
            Warn($"{lost.Stacks} call stacks were lost until now: they found no room in the map of stacks. {_advice.Stacks}");
    }

    private static bool IsWorthAWord(long lost, ref long warned)
    {
        if (lost == 0 || lost < 10 * warned)
            return false;
        warned = lost;
        return true;
    }

    public void Write(BpfTraceOutput output)
    {
        if (output.Message is { } message)
            Tell(message);
        else if (isText)
        {
            if (output.StartsLine)
                End();
            WriteLines(output.Text);
        }
        else
            WriteObjects(output.Objects);
    }

    /// <summary>Writes a last line that has no end.</summary>
    public void End()
    {
        if (_line.Length > 0)
            command.WriteObject(_line.ToString());
        _line.Clear();
    }

    /// <summary>Warns of what was lost in the kernel.</summary>
    public void WarnOf(BpfTraceSummary lost)
    {
        if (lost.Events > 0)
            Warn($"{lost.Events} events were lost: the ring buffer was full. {_advice.Events}");
        if (lost.Stacks > 0)
            Warn($"{lost.Stacks} call stacks were lost: they found no room in the map of stacks. {_advice.Stacks}");
        if (lost.Damaged > 0)
            Warn($"{lost.Damaged} events could not be read: they are not as the script's programs write them. Please report this.");
        if (lost.Loops > 0)
            Warn($"{lost.Loops} loops were over more than {BpfTraceSummary.MostRounds} numbers, and ended there: the kernel goes no further.");
        foreach ((string map, long count) in lost.Entries)
            Warn($"The map {map} was full: {count} updates were lost. {_advice.Entries}");
    }

    private void WriteObjects(object[] objects)
    {
        foreach (object one in objects)
        {
            if (Left-- <= 0)
                return;
            command.WriteObject(one);
        }
    }

    private void Warn(FormattableString text) => _warn(text.ToString(CultureInfo.InvariantCulture));

    // Lines as they are complete. One that the pipeline refuses is kept, with all behind it.
    private void WriteLines(string text)
    {
        string all = _line.Length == 0 ? text : $"{_line}{text}";
        int begin = 0;
        _isRest = true;
        try
        {
            for (int end = all.IndexOf('\n', _line.Length); end >= 0; end = all.IndexOf('\n', begin))
            {
                command.WriteObject(all[begin..end]);
                begin = end + 1;
            }
            _isRest = false;
        }
        finally
        {
            _line.Clear().Append(all, begin, all.Length - begin);
        }
    }

    private void Tell(ScriptDiagnostic message)
    {
        if (message.Severity == ScriptSeverity.Error)
        {
            var exception = new ScriptException([message]);
            command.WriteError(new ErrorRecord(exception, "ScriptError", ErrorCategory.InvalidResult, message.Span.Source.Name) { ErrorDetails = ErrorRecords.From(exception, null).ErrorDetails });
        }
        else
            command.WriteWarning(message.ToString());
    }
}
