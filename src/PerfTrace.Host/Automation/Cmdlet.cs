#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>
/// Stands in for PowerShell's base class of cmdlets: the same life (begin, a process call per input object, end; stop from
/// another thread) and the same streams, without the rest of the engine.
/// </summary>
public abstract class Cmdlet
{
    private ICommandRuntime _runtime;

    /// <summary>True once the pipeline is being stopped.</summary>
    public bool Stopping => Runtime.Stopping;

    internal ICommandRuntime Runtime
    {
        get => _runtime ?? throw new InvalidOperationException($"{GetType().Name} is not running in a pipeline.");
        set => _runtime = value;
    }

    /// <summary>Asks before a change; <c>-WhatIf</c> and <c>-Confirm</c> decide as in PowerShell.</summary>
    public bool ShouldProcess(string target) => Runtime.ShouldProcess(target, null);

    /// <inheritdoc cref="ShouldProcess(string)"/>
    public bool ShouldProcess(string target, string action) => Runtime.ShouldProcess(target, action);

    /// <inheritdoc cref="ShouldProcess(string)"/>
    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) =>
        Runtime.ShouldProcess(verboseDescription, verboseWarning, caption, out _);

    /// <inheritdoc cref="ShouldProcess(string)"/>
    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason shouldProcessReason) =>
        Runtime.ShouldProcess(verboseDescription, verboseWarning, caption, out shouldProcessReason);

    /// <summary>Asks a second time, whatever <c>-Confirm</c> says.</summary>
    public bool ShouldContinue(string query, string caption)
    {
        bool yesToAll = false, noToAll = false;
        return Runtime.ShouldContinue(query, caption, offersAll: false, ref yesToAll, ref noToAll);
    }

    /// <inheritdoc cref="ShouldContinue(string, string)"/>
    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) =>
        Runtime.ShouldContinue(query, caption, offersAll: true, ref yesToAll, ref noToAll);

    /// <summary>Sends an object down the pipeline at once, as it is.</summary>
    public void WriteObject(object sendToPipeline) => Runtime.WriteObject(sendToPipeline, enumerateCollection: false);

    /// <summary>Sends an object down, or each of its elements. As in PowerShell, strings and dictionaries are not taken apart.</summary>
    public void WriteObject(object sendToPipeline, bool enumerateCollection) => Runtime.WriteObject(sendToPipeline, enumerateCollection);

    public void WriteError(ErrorRecord errorRecord) => Runtime.WriteError(errorRecord);

    public void WriteWarning(string text) => Runtime.WriteWarning(text);

    public void WriteVerbose(string text) => Runtime.WriteVerbose(text);

    public void WriteDebug(string text) => Runtime.WriteDebug(text);

    public void WriteProgress(ProgressRecord progressRecord) => Runtime.WriteProgress(progressRecord);

    public void WriteInformation(object messageData, string[] tags) => Runtime.WriteInformation(messageData, tags);

    /// <summary>Reports the error and ends the pipeline; does not return.</summary>
    public void ThrowTerminatingError(ErrorRecord errorRecord) => Runtime.ThrowTerminatingError(errorRecord);

    protected virtual void BeginProcessing()
    {
    }

    protected virtual void ProcessRecord()
    {
    }

    protected virtual void EndProcessing()
    {
    }

    protected virtual void StopProcessing()
    {
    }

    internal void DoBeginProcessing() => BeginProcessing();

    internal void DoProcessRecord() => ProcessRecord();

    internal void DoEndProcessing() => EndProcessing();

    internal void DoStopProcessing() => StopProcessing();
}
