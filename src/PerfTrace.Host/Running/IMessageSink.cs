using System.Management.Automation;

namespace PerfTrace.Host.Running;

/// <summary>Takes what cmdlets say besides their objects, after their <c>-Verbose</c>, <c>-ErrorAction</c> and the like have been heeded.</summary>
internal interface IMessageSink
{
    void Error(ErrorRecord record);

    void Warning(string text);

    void Verbose(string text);

    void Debug(string text);

    void Information(string text);

    void Progress(ProgressRecord record);

    void WhatIf(string text);

    /// <summary>Asks the user; null if there is nobody to ask.</summary>
    Confirmation? Ask(string caption, string question, bool offersAll);
}
