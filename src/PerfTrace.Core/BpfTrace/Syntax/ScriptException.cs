namespace PerfTrace.BpfTrace;

/// <summary>A script that can not be run; the message shows each error with its line.</summary>
public sealed class ScriptException : Exception
{
    public ScriptException(IReadOnlyList<ScriptDiagnostic> diagnostics)
        : base(string.Join('\n', diagnostics.OrderByDescending(static d => d.Severity)))
    {
        Diagnostics = diagnostics;
    }

    internal ScriptException(SourceSpan span, string message, string? hint = null)
        : this([new ScriptDiagnostic(ScriptSeverity.Error, span, message, hint)])
    {
    }

    /// <summary>The errors, and the warnings that were found beside them.</summary>
    public IReadOnlyList<ScriptDiagnostic> Diagnostics { get; }
}
