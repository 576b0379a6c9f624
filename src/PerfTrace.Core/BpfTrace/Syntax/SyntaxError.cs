namespace PerfTrace.BpfTrace;

/// <summary>Ends the reading of one part of a script; who reads the parts notes the message and goes on with the next one.</summary>
internal sealed class SyntaxError(ScriptDiagnostic diagnostic) : Exception(diagnostic.Message)
{
    public SyntaxError(SourceSpan span, string message, string? hint = null)
        : this(new ScriptDiagnostic(ScriptSeverity.Error, span, message, hint))
    {
    }

    public ScriptDiagnostic Diagnostic { get; } = diagnostic;
}
