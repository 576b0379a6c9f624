using System.Management.Automation;
using System.Reflection;
using PerfTrace.Host.Binding;

namespace PerfTrace.Host.Running;

/// <summary>One cmdlet of a pipeline: its instance, its parameters, and the runtime that it writes to.</summary>
internal sealed class CommandStage : ICommandRuntime, IDisposable
{
    private readonly CommandDefinition _definition;
    private readonly CommonParameters _common;
    private readonly BindingState _commandLine;
    private readonly ParameterAssigner _assigner;
    private readonly PipelineBinder _pipelineBinder;
    private readonly StopState _stop;
    private readonly IMessageSink _messages;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private Confirmation? _answerToAll;

    public CommandStage(CommandDefinition definition, CommandCall call, StopState stop, IMessageSink messages)
    {
        _definition = definition;
        _stop = stop;
        _messages = messages;
        Cmdlet = (Cmdlet)Activator.CreateInstance(definition.Type)!;
        Cmdlet.Runtime = this;
        _common = definition.SupportsShouldProcess ? new ConfirmingParameters() : new CommonParameters();
        Invocation = new InvocationInfo(definition.Name, call.Name);
        if (Cmdlet is PSCmdlet aware)
            aware.MyInvocation = Invocation;
        _commandLine = new BindingState(definition);
        _assigner = new ParameterAssigner(Cmdlet, _common);
        _pipelineBinder = new PipelineBinder(_commandLine, _assigner);
    }

    public Cmdlet Cmdlet { get; }

    public InvocationInfo Invocation { get; }

    /// <summary>Where objects go: into the next stage, or to the sink at the end.</summary>
    public Action<object?> Output { get; set; } = _ => { };

    /// <summary>True once an error record has been written that was not to be ignored.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>True if this cmdlet or one before it has something to do when it is stopped, and so may write afterwards.</summary>
    public bool MayWriteAfterStop { get; set; }

    public bool OverridesStop => _definition.Type.GetMethod("StopProcessing", BindingFlags.NonPublic | BindingFlags.Instance, [])?.DeclaringType != typeof(Cmdlet);

    public bool Stopping => _stop.IsStopping;

    /// <exception cref="ParameterBindingException">The arguments do not fit.</exception>
    public void Bind(IReadOnlyList<CommandToken> tokens, bool expectsInput)
    {
        Invocation.ExpectingInput = expectsInput;
        new CommandLineBinder(_commandLine, _assigner).Bind(tokens, expectsInput);
        if (Cmdlet is PSCmdlet aware)
            aware.ParameterSetName = _definition.NameOfSets(_commandLine.DefaultOrOnlySet);
    }

    public void Begin() => Guard(Cmdlet.DoBeginProcessing);

    /// <summary>The one call of a cmdlet that nothing comes before.</summary>
    public void ProcessWithoutInput() => Guard(Cmdlet.DoProcessRecord);

    public void Process(object? input)
    {
        try
        {
            _pipelineBinder.Bind(input, Cmdlet as PSCmdlet);
        }
        catch (ParameterBindingException exception)
        {
            WriteError(exception.ErrorRecord);
            return;
        }

        Guard(Cmdlet.DoProcessRecord);
    }

    public void End() => Guard(Cmdlet.DoEndProcessing);

    /// <summary>Runs on the thread that asks for the stop, while the pipeline's own is in the cmdlet.</summary>
    public void Stop()
    {
        try
        {
            Cmdlet.DoStopProcessing();
        }
        catch (Exception exception)
        {
            // The others must still be stopped, and there is no pipeline here to end.
            Report(RecordOf(exception));
        }
    }

    public void Dispose()
    {
        try
        {
            (Cmdlet as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            Report(RecordOf(exception));
        }
    }

    public void WriteObject(object sendToPipeline, bool enumerateCollection)
    {
        RequireThread();
        if (enumerateCollection && LanguagePrimitives.GetEnumerable(sendToPipeline) is { } elements)
        {
            foreach (object? element in elements)
                Send(element);
            return;
        }

        Send(sendToPipeline);
    }

    public void WriteError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        RequireThread();
        switch (_common.ErrorAction)
        {
            case ActionPreference.Ignore:
                break;
            case ActionPreference.SilentlyContinue:
                // Not shown, but an error still: PowerShell's $? is false then.
                HasErrors = true;
                break;
            case ActionPreference.Stop:
                throw Failure(errorRecord);
            default:
                Report(errorRecord);
                break;
        }
    }

    public void WriteWarning(string text)
    {
        RequireThread();
        if (_common.WarningAction is ActionPreference.Continue or ActionPreference.Stop)
            _messages.Warning(text);
        if (_common.WarningAction == ActionPreference.Stop)
        {
            string message = $"The running command stopped because the common parameter WarningAction is set to Stop: {text}";
            throw Failure(new ErrorRecord(new RuntimeException(message), "ActionPreferenceStop", ErrorCategory.OperationStopped, null));
        }
    }

    public void WriteVerbose(string text)
    {
        RequireThread();
        if (_common.Verbose)
            _messages.Verbose(text);
    }

    public void WriteDebug(string text)
    {
        RequireThread();
        if (_common.Debug)
            _messages.Debug(text);
    }

    public void WriteProgress(ProgressRecord progressRecord)
    {
        RequireThread();
        _messages.Progress(progressRecord);
    }

    public void WriteInformation(object messageData, string[] tags)
    {
        RequireThread();
        if (_common.InformationAction == ActionPreference.Continue)
            _messages.Information(ValueConverter.ToText(messageData));
    }

    public bool ShouldProcess(string target, string action)
    {
        string description = $"Performing the operation \"{action ?? _definition.Name}\" on target \"{target}\".";
        return ShouldProcess(description, $"Are you sure you want to perform this action?\n{description}", "Confirm", out _);
    }

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason reason)
    {
        RequireThread();
        reason = ShouldProcessReason.None;
        var confirming = _common as ConfirmingParameters;
        if (confirming is { WhatIf.IsPresent: true })
        {
            reason = ShouldProcessReason.WhatIf;
            _messages.WhatIf($"What if: {verboseDescription}");
            return false;
        }

        // PowerShell's default preference is to ask where the impact is high.
        bool asks = confirming?.Confirm is { } confirm ? confirm : _definition.ConfirmImpact >= ConfirmImpact.High;
        if (!asks)
        {
            WriteVerbose(verboseDescription);
            return true;
        }

        Confirmation answer = _answerToAll ?? Ask(caption, verboseWarning, offersAll: true);
        if (answer is Confirmation.YesToAll or Confirmation.NoToAll)
            _answerToAll = answer;
        return answer is Confirmation.Yes or Confirmation.YesToAll;
    }

    public bool ShouldContinue(string query, string caption, bool offersAll, ref bool yesToAll, ref bool noToAll)
    {
        RequireThread();
        if (yesToAll || noToAll)
            return yesToAll;
        Confirmation answer = Ask(caption, query, offersAll);
        yesToAll = answer == Confirmation.YesToAll;
        noToAll = answer == Confirmation.NoToAll;
        return answer is Confirmation.Yes or Confirmation.YesToAll;
    }

    public void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        RequireThread();
        throw Failure(errorRecord);
    }

    private void Send(object? value)
    {
        if (Stopping && (!MayWriteAfterStop || _stop.IsGraceOver))
            throw new PipelineStoppedException();
        Output(value);
    }

    private Confirmation Ask(string caption, string question, bool offersAll)
    {
        if (_messages.Ask(caption, question, offersAll) is { } answer)
            return answer;
        string message = $"Confirmation is needed, and there is no terminal to ask at: {question}";
        var record = new ErrorRecord(new RuntimeException(message), "ConfirmationImpossible", ErrorCategory.InvalidOperation, null)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = "Use -Confirm:false to go ahead without being asked." },
        };
        throw Failure(record);
    }

    /// <summary>Runs the cmdlet's code. What it throws without expecting to ends the pipeline with an error record, as in PowerShell.</summary>
    private void Guard(Action code)
    {
        try
        {
            code();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (OperationCanceledException) when (Stopping)
        {
            // How waits end when they are stopped.
            throw new PipelineStoppedException();
        }
        catch (Exception exception)
        {
            throw Failure(RecordOf(exception));
        }
    }

    private PipelineStoppedException Failure(ErrorRecord record)
    {
        Report(record);
        return new PipelineStoppedException(record.Exception.Message, record.Exception);
    }

    private void Report(ErrorRecord record)
    {
        HasErrors = true;
        record.SetInvocation(Invocation, _definition.Type);
        _messages.Error(record);
    }

    private static ErrorRecord RecordOf(Exception exception) => (exception as IContainsErrorRecord)?.ErrorRecord
        ?? new ErrorRecord(exception, exception.GetType().Name, ErrorCategory.NotSpecified, null);

    /// <summary>As in PowerShell, a cmdlet may write only from its own thread: what comes next in the pipeline runs inside the call.</summary>
    private void RequireThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("The Write methods of a cmdlet can be called only from the thread that runs its BeginProcessing, ProcessRecord and EndProcessing.");
    }
}
