namespace PerfTrace.BpfTrace;

/// <summary>What the checker has to say of a script. A block is checked more than once: each message is kept once.</summary>
internal sealed class ScriptMessages
{
    private readonly List<ScriptDiagnostic> _all = [];
    private readonly HashSet<(ScriptSource?, int, int, string)> _said = [];

    /// <summary>Nothing is kept: types are still being found, and what is wrong now may be right later.</summary>
    public bool IsSilent { get; set; }

    public IReadOnlyList<ScriptDiagnostic> All => _all;

    public bool HasErrors => _all.Exists(static d => d.Severity == ScriptSeverity.Error);

    public void Error(SourceSpan span, string message, string? hint = null) => Say(new ScriptDiagnostic(ScriptSeverity.Error, span, message, hint));

    public void Warn(SourceSpan span, string message, string? hint = null) => Say(new ScriptDiagnostic(ScriptSeverity.Warning, span, message, hint));

    private void Say(ScriptDiagnostic diagnostic)
    {
        SourceSpan span = diagnostic.Span;
        if (!IsSilent && _said.Add((span.Source, span.Start, span.Length, diagnostic.Message)))
            _all.Add(diagnostic);
    }
}
