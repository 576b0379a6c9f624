namespace PerfTrace.Events.Printing;

internal sealed partial class PrintParser
{
    // In "(a)": is it a type's name? A word that is known for one, or words and stars that only a declaration has.
    private bool BeginsType(int at)
    {
        if (_tokens[at].Kind != TokenKind.Identifier || IsVariable(_tokens[at].Text))
            return false;
        if (_types.Begins(_tokens[at].Text))
            return true;
        int end = at;
        while (_tokens[end].Kind == TokenKind.Identifier)
            end++;
        int words = end - at;
        int stars = 0;
        for (; _tokens[end].Is("*"); end++)
            stars++;
        if (!_tokens[end].Is(")"))
            return false;
        // "(name) operand": only what can not go on as a binary expression.
        Token next = _tokens[end + 1];
        return words > 1 || stars > 0 || next.Kind is TokenKind.Identifier or TokenKind.Number or TokenKind.Text || next.Is("(") && _tokens[at].Text != "REC";
    }

    private bool IsVariable(string name) => name is "REC" or "jiffies" || _scopes.Any(s => s.ContainsKey(name));

    // In a cast and in sizeof: words, then stars.
    private CType ParseTypeName()
    {
        CType type = ParseWords();
        while (Next.Is("*") || Next.IsName("const"))
        {
            if (Next.Is("*"))
                type = CType.PointerTo(type);
            _at++;
        }
        return type;
    }

    private CType ParseWords()
    {
        var words = new List<string>();
        int start = _at;
        while (Next.Kind == TokenKind.Identifier && (words.Count == 0 || _types.Begins(Next.Text) || words[^1] is "struct" or "union" or "enum" || IsQualified(words)))
            words.Add(_tokens[_at++].Text);
        string text = string.Join(' ', words);
        if (_types.Find(words) is { } type)
            return type;
        // Behind a star, what it is does not matter until somebody looks there.
        return Next.Is("*") ? new CType(CTypeKind.Aggregate, 0, false, Name: text) : throw new PrintSyntaxException($"the type {(text.Length == 0 ? _text[_tokens[start].Start..] : text)}");
    }

    private static bool IsQualified(List<string> words) => words.TrueForAll(static w => w is "const" or "volatile" or "static" || w.StartsWith("__", StringComparison.Ordinal));

    // "{ statements }" of a statement expression.
    private StatementExpression ParseBlock()
    {
        Deeper();
        Require("{");
        _scopes.Add(new Dictionary<string, Expression>(StringComparer.Ordinal));
        var statements = new List<Expression>();
        while (!Next.Is("}"))
        {
            if (Next.Kind == TokenKind.End)
                throw Unexpected();
            if (Next.Is(";"))
                _at++;
            else if (Next.Kind == TokenKind.Identifier && !IsVariable(Next.Text) && _types.Begins(Next.Text))
                ParseDeclaration(statements);
            else
            {
                statements.Add(ParseExpression());
                Require(";");
            }
        }
        _at++;
        _scopes.RemoveAt(_scopes.Count - 1);
        _depth--;
        return new StatementExpression(statements);
    }

    private void ParseDeclaration(List<Expression> statements)
    {
        CType type = ParseWords();
        while (Next.Is("*"))
        {
            type = CType.PointerTo(type);
            _at++;
        }
        string name = Identifier();
        if (Next.Is("["))
        {
            while (!Next.Is("=") && Next.Kind != TokenKind.End)
                _at++;
            Require("=");
            _scopes[^1][name] = ParseTextList();
        }
        else
        {
            var local = new Local(Locals++, type, name);
            _scopes[^1][name] = local;
            if (Next.Is("="))
            {
                _at++;
                statements.Add(new Assignment(local, ParseAssignment()));
            }
        }
        Require(";");
    }

    private TextList ParseTextList()
    {
        Require("{");
        var items = new List<Expression>();
        while (!Next.Is("}"))
        {
            items.Add(new TextLiteral(ParseText() ?? throw new PrintSyntaxException("an array of what are no strings")));
            if (Next.Is(","))
                _at++;
        }
        _at++;
        return new TextList(items);
    }
}
