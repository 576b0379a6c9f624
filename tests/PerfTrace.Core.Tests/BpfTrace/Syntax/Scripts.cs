using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

/// <summary>Short ways to the tree of a script, and to what is said of one that has none.</summary>
internal static class Scripts
{
    public static ScriptTree Parse(string text, ScriptOptions? options = null) => ScriptParser.Parse(new ScriptSource("stdin", text), options);

    /// <summary>The expression of <c>begin { $v = … }</c>.</summary>
    public static Expression Expression(string text)
    {
        Probe probe = Assert.Single(Parse($"begin {{ $v = {text}; }}").Probes);
        return Assert.IsType<AssignStatement>(Assert.Single(probe.Body.Statements)).Value;
    }

    /// <summary>The statements of <c>begin { … }</c>.</summary>
    public static IReadOnlyList<Statement> Statements(string text) => Assert.Single(Parse($"begin {{ {text} }}").Probes).Body.Statements;

    public static string Error(string text, ScriptOptions? options = null)
    {
        var e = Assert.Throws<ScriptException>(() => Parse(text, options));
        Assert.NotEmpty(e.Diagnostics);
        return e.Message;
    }
}
