using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>A script that can not be run; the message shows each error with its line.</summary>
public sealed class ScriptException : Exception
{
    // More than that nobody reads at once.
    private const int MostShown = 20;

    /// <param name="diagnostics">What is wrong.</param>
    /// <param name="inner">What the kernel said of the script's program, where it was asked.</param>
    public ScriptException(IReadOnlyList<ScriptDiagnostic> diagnostics, Exception? inner = null)
        // PowerShell indexes arrays, and no collection that the compiler makes up.
        : base(TextOf(diagnostics), inner) => Diagnostics = (ScriptDiagnostic[])[.. diagnostics];

    internal ScriptException(SourceSpan span, string message, string? hint = null)
        : this([new ScriptDiagnostic(ScriptSeverity.Error, span, message, hint)])
    {
    }

    /// <summary>The errors, and the warnings that were found beside them.</summary>
    public IReadOnlyList<ScriptDiagnostic> Diagnostics { get; }

    private static string TextOf(IReadOnlyList<ScriptDiagnostic> diagnostics)
    {
        string text = string.Join('\n', diagnostics.OrderByDescending(static d => d.Severity).Take(MostShown));
        return diagnostics.Count <= MostShown ? text : string.Create(CultureInfo.InvariantCulture, $"{text}\nand {diagnostics.Count - MostShown} more");
    }
}
