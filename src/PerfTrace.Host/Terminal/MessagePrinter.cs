using System.Management.Automation;
using PerfTrace.Host.Running;

namespace PerfTrace.Host.Terminal;

/// <summary>Writes messages to standard error as PowerShell words them, in its colours if that is a terminal.</summary>
internal sealed class MessagePrinter(HostConsole console) : IMessageSink
{
    private const string Red = "\e[31;1m";
    private const string Yellow = "\e[33;1m";
    private const string Cyan = "\e[36;1m";
    private const string Reset = "\e[0m";

    private readonly Lock _gate = new();

    public void Error(ErrorRecord record)
    {
        string text = $"{Prefix(record)}{record}";
        Print(Red, text);
        if (record.ErrorDetails?.RecommendedAction is { Length: > 0 } advice)
            Print(Cyan, "  " + advice.ReplaceLineEndings("\n  "));
    }

    public void Usage(string text)
    {
        Print(Red, text);
    }

    public void Warning(string text) => Print(Yellow, $"WARNING: {text}");

    public void Verbose(string text) => Print(Yellow, $"VERBOSE: {text}");

    public void Debug(string text) => Print(Yellow, $"DEBUG: {text}");

    public void Information(string text) => Print(color: null, text);

    public void Progress(ProgressRecord record) => console.Progress.Show(record);

    public void WhatIf(string text) => Print(color: null, text);

    public Confirmation? Ask(string caption, string question, bool offersAll)
    {
        if (!console.CanAsk)
            return null;
        Print(color: null, $"\n{caption}\n{question}");
        while (true)
        {
            lock (_gate)
                console.Error.Write(offersAll ? "[Y] Yes  [A] Yes to All  [N] No  [L] No to All (default is \"Y\"): " : "[Y] Yes  [N] No (default is \"Y\"): ");
            switch (console.In.ReadLine()?.Trim().ToUpperInvariant())
            {
                case "" or "Y" or "YES":
                    return Confirmation.Yes;
                case "A" when offersAll:
                    return Confirmation.YesToAll;
                case "N" or "NO":
                    return Confirmation.No;
                case "L" when offersAll:
                    return Confirmation.NoToAll;
                case null:
                    // The end of the input is no consent.
                    return Confirmation.No;
            }
        }
    }

    private static string Prefix(ErrorRecord record) => record.InvocationInfo is { } invocation ? invocation.MyCommand.Name + ": " : "perftrace: ";

    private void Print(string? color, string text)
    {
        lock (_gate)
        {
            try
            {
                console.PrepareToWrite(console.Error);
                string clean = PrintableText.Lines(text);
                console.Error.WriteLine(color is null || !console.HasColorError ? clean : color + clean + Reset);
            }
            catch (OutputClosedException)
            {
                // Nobody reads the messages any more; the objects may still be wanted.
            }
        }
    }
}
