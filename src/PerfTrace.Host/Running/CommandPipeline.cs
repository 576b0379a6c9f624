using System.Management.Automation;
using PerfTrace.Host.Binding;

namespace PerfTrace.Host.Running;

/// <summary>
/// Cmdlets joined by pipes. An object goes all the way down before its writer goes on, on one thread; every cmdlet is disposed of, however
/// the run ends.
/// </summary>
internal sealed class CommandPipeline : IDisposable
{
    private readonly List<CommandStage> _stages = [];
    private readonly StopState _stop;
    private readonly IObjectSink _sink;
    private readonly IMessageSink _messages;
    private bool _sinkFailed;
    private bool _isDisposed;

    private CommandPipeline(StopState stop, IObjectSink sink, IMessageSink messages)
    {
        _stop = stop;
        _sink = sink;
        _messages = messages;
    }

    /// <summary>Makes the cmdlets and binds their command lines.</summary>
    /// <exception cref="UsageException">No such cmdlet.</exception>
    /// <exception cref="ParameterBindingException">Arguments that do not fit; the record says of which cmdlet.</exception>
    public static CommandPipeline Create(IReadOnlyList<CommandCall> calls, CommandTable table, StopState stop, IObjectSink sink, IMessageSink messages)
    {
        CommandDefinition[] definitions = [.. calls.Select(call => table.Find(call.Name))];
        var pipeline = new CommandPipeline(stop, sink, messages);
        try
        {
            for (int i = 0; i < definitions.Length; i++)
                pipeline.Add(definitions[i], calls[i], calls.Count);
        }
        catch
        {
            pipeline.Dispose();
            throw;
        }

        return pipeline;
    }

    /// <summary>The exit status. Errors have been reported by then.</summary>
    public int Run()
    {
        _stop.Attach(_stages);
        try
        {
            foreach (CommandStage stage in _stages)
                stage.Begin();
            _stages[0].ProcessWithoutInput();
            foreach (CommandStage stage in _stages)
                stage.End();
        }
        catch (PipelineStoppedException)
        {
            // By Ctrl-C, by a terminating error (reported where it happened) or by a reader that has enough.
        }
        finally
        {
            _stop.Detach();
            Dispose();
        }

        WriteToSink(_sink.Complete);
        if (_stop.IsStopping)
            return _stop.ExitCode;
        return _sinkFailed || _stages.Exists(stage => stage.HasErrors) ? ExitCodes.Error : ExitCodes.Success;
    }

    /// <summary>The last cmdlet first: it may still hold what those before it gave it.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        for (int i = _stages.Count - 1; i >= 0; i--)
            _stages[i].Dispose();
    }

    private void Add(CommandDefinition definition, CommandCall call, int length)
    {
        var stage = new CommandStage(definition, call, _stop, _messages);
        _stages.Add(stage);
        stage.Invocation.PipelineLength = length;
        stage.Invocation.PipelinePosition = _stages.Count;
        stage.MayWriteAfterStop = stage.OverridesStop || (_stages.Count > 1 && _stages[^2].MayWriteAfterStop);
        if (_stages.Count > 1)
            _stages[^2].Output = stage.Process;
        stage.Output = WriteOut;
        try
        {
            stage.Bind(call.Tokens, expectsInput: _stages.Count > 1);
        }
        catch (ParameterBindingException exception)
        {
            exception.ErrorRecord.SetInvocation(stage.Invocation, definition.Type);
            throw;
        }
    }

    private void WriteOut(object? value)
    {
        if (!WriteToSink(() => _sink.Write(value)))
            throw new PipelineStoppedException("The output is closed.");
    }

    /// <summary>False if the output takes nothing more. A reader that left is no error; a full disk is.</summary>
    private bool WriteToSink(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (OutputClosedException)
        {
            return false;
        }
        catch (IOException exception)
        {
            if (!_sinkFailed)
                _messages.Error(new ErrorRecord(exception, "OutputFailed", ErrorCategory.WriteError, null));
            _sinkFailed = true;
            return false;
        }
    }
}
