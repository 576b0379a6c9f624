using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ScriptSourceTests
{
    [Theory]
    [InlineData("", 0, 1, 1)]
    [InlineData("ab\ncd", 1, 1, 2)]
    [InlineData("ab\ncd", 2, 1, 3)]
    [InlineData("ab\ncd", 3, 2, 1)]
    [InlineData("ab\ncd", 5, 2, 3)]
    [InlineData("ab\ncd", 99, 2, 3)]
    [InlineData("ab\n\n", 4, 3, 1)]
    public void A_place_has_a_line_and_a_column(string text, int offset, int line, int column) =>
        Assert.Equal((line, column), new ScriptSource("x", text).Position(offset));

    [Fact]
    public void A_message_shows_the_line_and_what_is_meant_in_it()
    {
        var source = new ScriptSource("stdin", "BEGIN { $x = foo }\n");
        var diagnostic = new ScriptDiagnostic(ScriptSeverity.Error, source.Span(13, 16), "Unknown identifier: 'foo'", "none");
        Assert.Equal("stdin:1:14-17: ERROR: Unknown identifier: 'foo'\nBEGIN { $x = foo }\n             ~~~\nHINT: none", diagnostic.ToString());
    }

    [Fact]
    public void A_tab_is_as_wide_above_as_below()
    {
        var source = new ScriptSource("a.bt", "\tpid\tx");
        Assert.Equal("a.bt:1:6-7: WARNING: no\n    pid    x\n           ~", new ScriptDiagnostic(ScriptSeverity.Warning, source.Span(5, 6), "no").ToString());
    }

    [Fact]
    public void Several_lines_are_shown_as_they_are_and_no_more_than_a_few()
    {
        var source = new ScriptSource("a.bt", string.Join("\r\n", Enumerable.Range(1, 20)));
        Assert.Equal("a.bt:1-2: ERROR: no\n1\n2", new ScriptDiagnostic(ScriptSeverity.Error, source.Span(0, 4), "no").ToString());
        Assert.Equal("a.bt:1-20: ERROR: no\n1\n2\n3\n4\n5\n6\n7\n8", new ScriptDiagnostic(ScriptSeverity.Error, source.Span(0, source.Text.Length), "no").ToString());
    }

    [Fact]
    public void What_is_missing_is_missing_behind_the_line()
    {
        var source = new ScriptSource("a.bt", "pid");
        Assert.Equal("a.bt:1:4-4: ERROR: no\npid\n   ~", new ScriptDiagnostic(ScriptSeverity.Error, source.Span(3, 3), "no").ToString());
    }

    [Fact]
    public void An_expansion_shows_where_it_was_called()
    {
        var source = new ScriptSource("a.bt", "macro m() { foo }\nbegin { m() }");
        ScriptSource expanded = source.ExpandedAt("m", source.Span(26, 29));
        Assert.Equal(
            "a.bt:1:13-16: ERROR: no\nmacro m() { foo }\n            ~~~\na.bt:2:9-12: ERROR: expanded from the macro 'm'\nbegin { m() }\n        ~~~",
            new ScriptDiagnostic(ScriptSeverity.Error, expanded.Span(12, 15), "no").ToString());
    }

    [Fact]
    public void Nothing_is_shown_at_full_length_that_nobody_reads()
    {
        var source = new ScriptSource("a", new string('x', 10_000));
        var diagnostic = new ScriptDiagnostic(ScriptSeverity.Error, source.Span(5_000, 5_010), new string('y', 10_000));
        Assert.Equal($"a:1:5001-5011: ERROR: {new string('y', 500)}…\n{new string('x', 500)}\n{new string(' ', 249)}{new string('~', 10)}", diagnostic.ToString());
        Assert.EndsWith("\nand 30 more", new ScriptException([.. Enumerable.Repeat(diagnostic, 50)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_shows_errors_before_warnings()
    {
        var source = new ScriptSource("a", "x");
        var e = new ScriptException([
            new ScriptDiagnostic(ScriptSeverity.Warning, source.Span(0, 1), "first"), new ScriptDiagnostic(ScriptSeverity.Error, source.Span(0, 1), "second")]);
        Assert.Equal("a:1:1-2: ERROR: second\nx\n~\na:1:1-2: WARNING: first\nx\n~", e.Message);
        Assert.Equal(2, e.Diagnostics.Count);
    }
}
