namespace PerfTrace.BpfTrace;

// The lines of the C preprocessor: constants, and conditions around definitions. Headers are not read.
internal sealed partial class ScriptParser
{
    private const string HaveBtf = "BPFTRACE_HAVE_BTF";

    private readonly Dictionary<string, CDefine> constants = new(StringComparer.Ordinal);

    // Where each open condition begins, and whether one of its branches was read.
    private readonly Stack<(int Start, bool WasTaken)> conditions = new();

    private void ParseDirective()
    {
        int start = current.Start;
        int end = EndOfDirective(start);
        Token name = lexer.Read(start + 1);
        string word = name.Kind == TokenKind.Identifier && name.End <= end ? Text(name) : "";
        SourceSpan span = source.Span(start, start + source.Text.AsSpan(start, end - start).TrimEnd().Length);
        lastEnd = span.End;
        switch (word)
        {
            case "define":
                RequireSection(0, "C definitions", "config, imports and probes");
                Define(span, name.End, end);
                break;
            case "undef":
                constants.Remove(NameBehind(name.End, end, span));
                break;
            case "include":
                // What is in them is known from the kernel's types; what is not there is an error where it is used.
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Warning, span, "headers are not read",
                    "the kernel's own types are known without them (BTF); define others here: struct name { … };"));
                break;
            case "ifdef" or "ifndef" or "if":
                EnterCondition(start, word, name.End, end, span);
                return;
            case "else" or "elif":
                // The branch before was read, so none of the others is.
                RequireCondition(span);
                MoveTo(end);
                SkipBranch();
                return;
            case "endif":
                RequireCondition(span);
                conditions.Pop();
                break;
            case "pragma":
                break;
            default:
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, span, $"'#{word}' is not understood"));
                break;
        }
        MoveTo(end);
    }

    // A line ends where no backslash and no comment carries it on.
    private int EndOfDirective(int start)
    {
        string text = source.Text;
        for (int at = start; at < text.Length; at++)
        {
            char next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (text[at] == '\n')
                return at + 1;
            if (text[at] == '\\' && next == '\r' && at + 2 < text.Length && text[at + 2] == '\n')
                at += 2;
            else if (text[at] == '\\')
                at++;
            else if (text[at] == '/' && next == '/')
                return EndOfLine(at);
            else if (text[at] == '/' && next == '*')
                at = text.IndexOf("*/", at + 2, StringComparison.Ordinal) is var close and >= 0 ? close + 1 : text.Length;
        }
        return text.Length;
    }

    private string NameBehind(int at, int end, SourceSpan span)
    {
        Token name = lexer.Read(at);
        return name.Kind == TokenKind.Identifier && name.End <= end ? Text(name) : throw Error(span, "a name is missing");
    }

    private void Define(SourceSpan span, int at, int end)
    {
        string name = NameBehind(at, end, span);
        int value = lexer.Read(at).End;
        Expression? parsed = null;
        // A macro with parameters has its parenthesis right behind the name.
        if (value >= end || source.Text[value] != '(')
        {
            try
            {
                parsed = new ScriptParser(source, value, end, options, diagnostics).ParseWhole();
            }
            catch (SyntaxError)
            {
                parsed = null; // a type, an attribute, a piece of text: it counts only if it is used
            }
        }
        var define = new CDefine(span, name, parsed);
        constants[name] = define;
        definitions.Add(define);
    }

    private Expression ParseWhole()
    {
        Expression whole = ParseExpression();
        return current.Kind == TokenKind.End ? whole : throw Unexpected("the end of the line");
    }

    private void EnterCondition(int start, string word, int at, int end, SourceSpan span)
    {
        bool holds = Holds(word, at, end, span);
        conditions.Push((start, holds));
        MoveTo(end);
        if (!holds)
            SkipBranch();
    }

    private bool Holds(string word, int at, int end, SourceSpan span)
    {
        if (word is "ifdef" or "ifndef")
            return IsDefined(NameBehind(at, end, span)) == (word == "ifdef");
        Expression condition = new ScriptParser(source, at, end, options, diagnostics).ParseWhole();
        return Evaluate(Resolved(condition)) is { } value ? value != 0 : throw Error(condition.Span, "the value of the condition is not known here");
    }

    // "defined(X)" is read as a call; the preprocessor takes names that it does not know for 0.
    private Expression Resolved(Expression condition) => condition switch
    {
        CallExpression { Name: "defined", Arguments: [IdentifierExpression name] } => new IntegerLiteral(condition.Span, IsDefined(name.Name) ? 1UL : 0),
        IdentifierExpression name when !IsDefined(name.Name) => new IntegerLiteral(condition.Span, 0),
        UnaryExpression unary => new UnaryExpression(unary.Span, unary.Operator, Resolved(unary.Operand)),
        BinaryExpression binary => new BinaryExpression(binary.Span, Resolved(binary.Left), binary.Operator, Resolved(binary.Right)),
        _ => condition,
    };

    private bool IsDefined(string name) => constants.ContainsKey(name) || options.HasBtf && name == HaveBtf;

    private long? Evaluate(Expression? expression)
    {
        // Constants name each other: each is computed once, and one that needs itself, or too long a chain, has no value.
        var known = new Dictionary<string, long?>(StringComparer.Ordinal);
        int asked = 0;
        return CConstant.Evaluate(expression, ValueOfName);

        long? ValueOfName(string name)
        {
            if (members.TryGetValue(name, out long member))
                return member;
            if (name == HaveBtf && options.HasBtf)
                return 1;
            if (known.TryGetValue(name, out long? value) || asked == MostNesting || !constants.TryGetValue(name, out CDefine? constant))
                return value;
            known[name] = null;
            asked++;
            known[name] = value = CConstant.Evaluate(constant.Value, ValueOfName);
            asked--;
            return value;
        }
    }

    private void RequireCondition(SourceSpan span)
    {
        if (conditions.Count == 0)
            throw Error(span, "there is no '#if' before it");
    }

    private void RequireEndOfConditions()
    {
        foreach ((int start, _) in conditions)
            diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, source.Span(start, start + source.Text.AsSpan(start, EndOfLine(start) - start).TrimEnd().Length),
                "the condition has no '#endif'"));
    }

    // To behind the line that ends the branch: "#endif", or an "#else" or "#elif" whose branch is read.
    private void SkipBranch()
    {
        int nested = 0;
        while (current.Kind != TokenKind.End)
        {
            if (!IsDirective(current))
            {
                MoveTo(Math.Max(current.End, current.Start + 1));
                continue;
            }
            int start = current.Start;
            int end = EndOfDirective(start);
            Token name = lexer.Read(start + 1);
            string word = name.Kind == TokenKind.Identifier && name.End <= end ? Text(name) : "";
            MoveTo(end);
            lastEnd = end;
            switch (word)
            {
                case "if" or "ifdef" or "ifndef":
                    nested++;
                    break;
                case "endif" when nested > 0:
                    nested--;
                    break;
                case "endif":
                    conditions.Pop();
                    return;
                case "else" or "elif" when nested == 0 && !conditions.Peek().WasTaken:
                    if (word == "elif" && !Holds("if", name.End, end, source.Span(start, end)))
                        break;
                    conditions.Push((conditions.Pop().Start, true));
                    return;
            }
        }
    }

    // '#' with nothing before it on its line.
    private bool IsDirective(Token token)
    {
        if (token.Kind != TokenKind.Bad || source.Text[token.Start] != '#')
            return false;
        int at = token.Start - 1;
        while (at >= 0 && source.Text[at] is ' ' or '\t')
            at--;
        return at < 0 || source.Text[at] == '\n';
    }
}
