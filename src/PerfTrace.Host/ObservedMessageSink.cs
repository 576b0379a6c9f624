using System.Management.Automation;
using PerfTrace.Host.Running;

namespace PerfTrace.Host;

/// <summary>Passes messages on and tells an observer.</summary>
internal sealed class ObservedMessageSink(IMessageSink next, RunObserver observer) : IMessageSink
{
    public void Error(ErrorRecord record)
    {
        observer.ErrorWritten(record);
        next.Error(record);
    }

    public void Warning(string text)
    {
        observer.WarningWritten(text);
        next.Warning(text);
    }

    public void Verbose(string text)
    {
        observer.VerboseWritten(text);
        next.Verbose(text);
    }

    public void Debug(string text) => next.Debug(text);

    public void Information(string text) => next.Information(text);

    public void Progress(ProgressRecord record) => next.Progress(record);

    public void WhatIf(string text) => next.WhatIf(text);

    public Confirmation? Ask(string caption, string question, bool offersAll) => next.Ask(caption, question, offersAll);
}
