namespace PerfTrace.BpfTrace;

// The parts that a script consists of: first C definitions, then configuration and imports, then probes, macros, functions and maps.
internal sealed partial class ScriptParser
{
    private readonly List<CDefinition> definitions = [];
    private readonly List<ImportDirective> imports = [];
    private readonly List<MapDeclaration> maps = [];
    private readonly List<MacroDefinition> macros = [];
    private readonly List<FunctionDefinition> functions = [];
    private readonly List<Probe> probes = [];
    private ConfigBlock? config;

    // How far the script is: 0 definitions, 1 configuration and imports, 2 the rest.
    private int section;

    private ScriptTree ParseScript()
    {
        SkipInterpreter();
        while (current.Kind != TokenKind.End && diagnostics.Count < MostErrors)
        {
            int start = current.Start;
            try
            {
                ParsePart();
            }
            catch (SyntaxError error)
            {
                Recover(error);
                if (current.Start == start && current.Kind != TokenKind.End)
                    MoveTo(Math.Max(current.End, start + 1));
            }
        }
        RequireEndOfConditions();
        return new ScriptTree
        {
            Source = source, Definitions = definitions, Config = config, Imports = imports, Maps = maps, Macros = macros, Functions = functions, Probes = probes,
        };
    }

    // "#!/usr/bin/env bpftrace", which may stand behind comments.
    private void SkipInterpreter()
    {
        if (source.Text.AsSpan(current.Start).StartsWith("#!"))
            MoveTo(EndOfLine(current.Start));
    }

    private int EndOfLine(int at)
    {
        int end = source.Text.IndexOf('\n', at);
        return end < 0 ? source.Text.Length : end + 1;
    }

    private void ParsePart()
    {
        if (current.Kind == TokenKind.Bad && source.Text[current.Start] == '#')
            ParseDirective();
        else if (IsCDefinition())
            ParseCDefinition();
        else if (IsWord("config") && Next().Kind == TokenKind.Assign)
            ParseConfig();
        else if (IsWord("import"))
            ParseImport();
        else
            ParseMain();
    }

    private void RequireSection(int needed, string what, string before)
    {
        if (section > needed)
            throw Error(CurrentSpan, $"{what} must stand before {before}");
        section = needed;
    }

    private void ParseConfig()
    {
        RequireSection(1, "the config block", "probes, macros, functions and maps");
        int start = Advance().Start;
        if (config is not null)
            throw Error(SpanFrom(start), "a second config block");
        Expect(TokenKind.Assign, "'='");
        Expect(TokenKind.OpenBrace, "'{'");
        var settings = new List<ConfigSetting>();
        while (current.Kind != TokenKind.CloseBrace)
        {
            Token key = Expect(TokenKind.Identifier, "the name of a setting");
            Expect(TokenKind.Assign, "'='");
            Expression value = current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Identifier
                ? ParsePrimary()
                : throw Unexpected("a string, a number, true, false or a word");
            settings.Add(new ConfigSetting(SpanFrom(key.Start), Text(key), value));
            if (!Take(TokenKind.Semicolon) && current.Kind != TokenKind.CloseBrace)
                throw Unexpected("';' or '}'");
        }
        Advance();
        config = new ConfigBlock(SpanFrom(start), settings);
    }

    private void ParseImport()
    {
        RequireSection(1, "an import", "probes, macros, functions and maps");
        int start = Advance().Start;
        string path = StringOf(Expect(TokenKind.String, "a path between quotes"));
        Expect(TokenKind.Semicolon, "';'");
        imports.Add(new ImportDirective(SpanFrom(start), path));
    }

    private void ParseMain()
    {
        section = 2;
        if (IsWord("macro"))
            macros.Add(Made(ParseMacro()));
        else if (IsWord("fn"))
            functions.Add(Made(ParseFunction()));
        else if (IsWord("let"))
            maps.Add(ParseMapDeclaration());
        else
            probes.Add(Made(ParseProbe()));
    }

    private MacroDefinition ParseMacro()
    {
        int start = Advance().Start;
        Token name = Expect(TokenKind.Identifier, "the name of the macro");
        var parameters = new List<Expression>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (Take(TokenKind.OpenParenthesis) && !Take(TokenKind.CloseParenthesis))
        {
            do
                parameters.Add(ParseMacroParameter(names));
            while (Take(TokenKind.Comma));
            Expect(TokenKind.CloseParenthesis, "',' or ')'");
        }
        SourceSpan span = SpanFrom(start);
        return new MacroDefinition(span, Text(name), parameters, ParseBlock());
    }

    private Expression ParseMacroParameter(HashSet<string> before)
    {
        if (current.Kind is not (TokenKind.Variable or TokenKind.Map or TokenKind.Identifier))
            throw Unexpected("a parameter ($x, @x or x)");
        Token token = Advance();
        string name = Text(token);
        if (token.Kind == TokenKind.Identifier && BuiltinVariable.Find(name) is not null)
            throw Error(Span(token), $"'{name}' is a builtin, so a parameter can not have its name");
        if (!before.Add(name))
            throw Error(Span(token), $"a second parameter '{name}'");
        return token.Kind switch
        {
            TokenKind.Variable => new ScratchVariable(Span(token), name),
            TokenKind.Map => new MapExpression(Span(token), name),
            _ => new IdentifierExpression(Span(token), name),
        };
    }

    private FunctionDefinition ParseFunction()
    {
        int start = Advance().Start;
        Token name = Expect(TokenKind.Identifier, "the name of the function");
        Expect(TokenKind.OpenParenthesis, "'('");
        var parameters = new List<FunctionParameter>();
        if (!Take(TokenKind.CloseParenthesis))
        {
            do
            {
                Token variable = Expect(TokenKind.Variable, "a parameter ($x: type)");
                Expect(TokenKind.Colon, "':'");
                TypeSyntax type = ParseType();
                parameters.Add(new FunctionParameter(SpanFrom(variable.Start), new ScratchVariable(Span(variable), Text(variable)), type));
            }
            while (Take(TokenKind.Comma));
            Expect(TokenKind.CloseParenthesis, "',' or ')'");
        }
        Expect(TokenKind.Colon, "':' and the type that the function returns");
        TypeSyntax returnType = ParseType();
        SourceSpan span = SpanFrom(start);
        return new FunctionDefinition(span, Text(name), parameters, returnType, ParseBody());
    }

    private MapDeclaration ParseMapDeclaration()
    {
        int start = Advance().Start;
        if (current.Kind == TokenKind.Variable)
            throw Error(CurrentSpan, "a variable outside of a probe", "only maps can be declared here: let @a = hash(100);");
        Token name = Expect(TokenKind.Map, "a map (@x)");
        Expect(TokenKind.Assign, "'='");
        Token kind = Expect(TokenKind.Identifier, "the type of the map");
        Expect(TokenKind.OpenParenthesis, "'('");
        ulong capacity = ValueOf(Expect(TokenKind.Integer, "the most entries that the map may hold"));
        Expect(TokenKind.CloseParenthesis, "')'");
        Take(TokenKind.Semicolon);
        return new MapDeclaration(SpanFrom(start), Text(name), Text(kind), capacity);
    }

    private Probe ParseProbe()
    {
        int start = current.Start;
        var points = new List<AttachPoint>();
        do
            ParseAttachPoint(points);
        while (Take(TokenKind.Comma) && current.Kind is not (TokenKind.Slash or TokenKind.OpenBrace));
        SourceSpan span = SpanFrom(start);
        Expression? predicate = null;
        if (Take(TokenKind.Slash))
        {
            isPredicate = true;
            predicate = ParseExpression();
            isPredicate = false;
            Expect(TokenKind.Slash, "'/' behind the predicate");
        }
        return new Probe(span, points, predicate, ParseBody());
    }

    private void ParseAttachPoint(List<AttachPoint> points)
    {
        int start = current.Start;
        int end = AttachPointParser.EndOf(source.Text, start);
        if (end == start)
            throw Unexpected("a probe");
        lastEnd = end;
        MoveTo(end);
        AttachPointParser.Parse(SpanFrom(start), options, points, diagnostics);
    }
}
