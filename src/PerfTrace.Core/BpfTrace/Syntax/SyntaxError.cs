namespace PerfTrace.BpfTrace;

/// <summary>Ends the reading of one part of a script; the parser notes the message and goes on with the next part.</summary>
internal sealed class SyntaxError(ScriptDiagnostic diagnostic) : Exception(diagnostic.Message)
{
    public ScriptDiagnostic Diagnostic { get; } = diagnostic;
}
