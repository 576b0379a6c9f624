using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Reads a script into its tree, by recursive descent. It does not look anything up: names stay names, and what an attach point matches is not asked.
/// A part (a probe, a macro) with an error in it is left out and the next one is read, so that several errors are told at once.
/// </summary>
internal sealed partial class ScriptParser
{
    /// <summary>How deep parentheses, blocks and the like may nest: what reads them calls itself.</summary>
    internal const int MostNesting = 200;

    /// <summary>How high a tree may be: operators in a row make it higher without any nesting.</summary>
    internal const int MostHeight = 500;

    private const int MostErrors = 20;

    private readonly ScriptSource source;
    private readonly ScriptOptions options;
    private readonly List<ScriptDiagnostic> diagnostics;
    private readonly ScriptLexer lexer;
    private Token current;
    private int lastEnd;
    private int depth;
    private int braces;
    private bool isPredicate;

    private ScriptParser(ScriptSource source, int start, int end, ScriptOptions options, List<ScriptDiagnostic> diagnostics)
    {
        (this.source, this.options, this.diagnostics) = (source, options, diagnostics);
        lexer = new ScriptLexer(source.Text, end);
        MoveTo(start);
    }

    /// <summary>Reads a script; its errors and warnings are added to the list.</summary>
    public static ScriptTree Parse(ScriptSource source, ScriptOptions options, List<ScriptDiagnostic> diagnostics) =>
        new ScriptParser(source, 0, source.Text.Length, options, diagnostics).ParseScript();

    /// <summary>Reads a script that must be without errors.</summary>
    /// <exception cref="ScriptException">It is not.</exception>
    public static ScriptTree Parse(ScriptSource source, ScriptOptions? options = null)
    {
        var diagnostics = new List<ScriptDiagnostic>();
        ScriptTree tree = Parse(source, options ?? ScriptOptions.Default, diagnostics);
        return diagnostics.Any(static d => d.Severity == ScriptSeverity.Error) ? throw new ScriptException(diagnostics) : tree;
    }

    private SourceSpan CurrentSpan => Span(current);

    // Without the layout behind it.
    private SourceSpan SpanFrom(int start) => source.Span(start, Math.Max(start, lastEnd));

    private SourceSpan Span(Token token)
    {
        int end = token.Kind == TokenKind.Bad && source.Text.AsSpan(token.Start).StartsWith("/*") ? token.Start + 2 : token.End;
        return source.Span(token.Start, end);
    }

    private string Text(Token token) => source.Text[token.Start..token.End];

    private void MoveTo(int at) => current = lexer.Read(at);

    private Token Next() => lexer.Read(current.End);

    private Token Advance()
    {
        Token taken = current;
        if (taken.Kind == TokenKind.Bad)
            throw Error(Span(taken), taken.Problem!);
        if (taken.Kind == TokenKind.OpenBrace)
            braces++;
        else if (taken.Kind == TokenKind.CloseBrace)
            braces--;
        lastEnd = taken.End;
        MoveTo(taken.End);
        return taken;
    }

    private bool Take(TokenKind kind)
    {
        if (current.Kind != kind)
            return false;
        Advance();
        return true;
    }

    private Token Expect(TokenKind kind, string what) => current.Kind == kind ? Advance() : throw Unexpected(what);

    private bool IsWord(string word) => IsWord(current, word);

    private bool IsWord(Token token, string word) =>
        token.Kind == TokenKind.Identifier && token.End - token.Start == word.Length && source.Text.AsSpan(token.Start, word.Length).SequenceEqual(word);

    private bool TakeWord(string word)
    {
        if (!IsWord(word))
            return false;
        Advance();
        return true;
    }

    private SyntaxError Unexpected(string what, string? hint = null) => current.Kind switch
    {
        TokenKind.Bad => Error(CurrentSpan, current.Problem!),
        // What is missing is missing behind the last word.
        TokenKind.End => Error(source.Span(lastEnd, lastEnd), $"{what} expected, but the script ends", hint),
        _ => Error(CurrentSpan, $"{what} expected, but '{Shown(current)}' found", hint),
    };

    private string Shown(Token token)
    {
        const int Most = 32;
        string text = Text(token);
        return text.Length <= Most ? text : string.Concat(text.AsSpan(0, Most), "…");
    }

    private static SyntaxError Error(SourceSpan span, string message, string? hint = null) => new(span, message, hint);

    // Of what is read one level further down.
    private void Enter()
    {
        if (++depth > MostNesting)
            throw Error(CurrentSpan, $"more than {MostNesting.ToString(CultureInfo.InvariantCulture)} levels of nesting");
    }

    private void Leave() => depth--;

    private static T Made<T>(T node)
        where T : Node =>
        node.Height <= MostHeight ? node : throw Error(node.Span, $"an expression of more than {MostHeight.ToString(CultureInfo.InvariantCulture)} levels");

    // Behind the block in which the error is; at the end of the script when it does not end.
    private void Recover(SyntaxError error)
    {
        diagnostics.Add(error.Diagnostic);
        bool isInside = braces > 0;
        while (current.Kind != TokenKind.End)
        {
            Token token = current;
            braces += token.Kind switch { TokenKind.OpenBrace => 1, TokenKind.CloseBrace => -1, _ => 0 };
            isInside |= token.Kind == TokenKind.OpenBrace;
            lastEnd = token.End;
            MoveTo(token.End);
            if (isInside ? braces <= 0 : token.Kind == TokenKind.Semicolon)
                break;
        }
        (braces, depth, isPredicate) = (0, 0, false);
    }
}
