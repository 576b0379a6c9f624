namespace PerfTrace.Events.Printing;

internal sealed partial class PrintParser
{
    private Expression ParsePrimary()
    {
        Token token = Next;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return new Constant(token.Number, token.Type!);
            case TokenKind.Text:
                return new TextLiteral(ParseText()!);
            case TokenKind.Symbol when token.Text == "(":
                _at++;
                if (Next.Is("{"))
                {
                    Expression block = ParseBlock();
                    Require(")");
                    return block;
                }
                Expression inner = ParseExpression();
                Require(")");
                return inner;
            case TokenKind.Identifier:
                _at++;
                return Next.Is("(") ? ParseCall(token.Text) : ParseName(token.Text);
            default:
                throw Unexpected();
        }
    }

    private Expression ParseName(string name)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out Expression? local))
                return local;
        }
        return name switch
        {
            "REC" => new RecordPointer(),
            "NULL" => new Constant(0, CType.VoidPointer),
            "true" => new Constant(1, CType.Int),
            "false" => new Constant(0, CType.Int),
            // The sequences that the kernel prints into.
            "p" or "s" or "iter" => new Constant(0, CType.VoidPointer),
            "jiffies" => new KernelVariable(name, CType.UnsignedLong, static e => e.Jiffies),
            "vmemmap_base" => new KernelVariable(name, CType.UnsignedLong, static e => e.PageMapBase ?? 0),
            "HZ" => new KernelVariable(name, CType.Int, static e => (ulong)e.TicksPerSecond),
            "PAGE_SIZE" => new Constant((ulong)Environment.SystemPageSize, CType.UnsignedLong),
            _ when KernelTypes.Running.TryFindEnumerator(name, out long value) =>
                new Constant((ulong)value, value is >= int.MinValue and <= int.MaxValue ? CType.Int : CType.Long),
            // An opcode of the NVMe over Fabrics standard: the enumerator is in a module's type information, if anywhere.
            "nvme_fabrics_command" => new Constant(0x7f, CType.Int),
            _ => throw new PrintSyntaxException($"the name {name}, whose value only the kernel knows"),
        };
    }

    private Expression ParseCall(string name)
    {
        _at++;
        switch (name)
        {
            case "__print_flags" or "__print_flags_u64":
                Expression flags = ParseConditional();
                Require(",");
                string? delimiter = ParseTextOrNull();
                return new PrintFlags(flags, delimiter, ParseTable());
            case "__print_symbolic" or "__print_symbolic_u64":
                return new PrintSymbolic(ParseConditional(), ParseTable());
            case "__get_str" or "__get_rel_str":
                return Dynamic(CType.Text, false);
            case "__get_dynamic_array" or "__get_rel_dynamic_array" or "__get_sockaddr" or "__get_rel_sockaddr":
                return Dynamic(CType.VoidPointer, false);
            case "__get_dynamic_array_len" or "__get_rel_dynamic_array_len":
                return Dynamic(CType.Int, true);
            case "__get_bitmask" or "__get_rel_bitmask" or "__get_cpumask" or "__get_rel_cpumask":
                return new Bitmask(Dynamic(CType.VoidPointer, false).Field);
            case "__get_stacktrace":
                EventField stack = FindField(Identifier());
                Require(")");
                return new StackTraceText(stack);
            case "__print_dynamic_array":
                EventField field = FindField(Identifier());
                Require(",");
                Expression size = ParseConditional();
                Require(")");
                return new Call(name, KernelFunctions.Find("__print_array")!,
                [
                    new DynamicField(field, CType.VoidPointer, false),
                    new Binary("/", new DynamicField(field, CType.Int, true), size),
                    size,
                ]);
            case "__builtin_choose_expr":
                Expression choice = ParseConditional();
                Require(",");
                Expression whenTrue = ParseConditional();
                Require(",");
                Expression whenFalse = ParseConditional();
                Require(")");
                return Constantly(choice) != 0 ? whenTrue : whenFalse;
            case "offsetof":
                throw new PrintSyntaxException("offsetof()");
            case "trace_seq_printf":
                ParseConditional();
                Require(",");
                string format = ParseText() ?? throw Unexpected();
                List<Expression> values = Next.Is(",") ? ParseArguments() : [];
                Require(")");
                PieceList pieces = Combine(format, values);
                return pieces.Expressions.OfType<UnknownExpression>().FirstOrDefault() is { } unknown
                    ? throw new PrintSyntaxException(unknown.Problem)
                    : new PrintToScratch(pieces);
            case "trace_seq_putc":
                ParseConditional();
                Require(",");
                Expression character = ParseConditional();
                Require(")");
                return new PrintToScratch(new PieceList([new ConversionPiece(new Conversion(default, -1, -1, false, false, 4, 'c', ""), null, null, character)]));
        }
        KernelFunction function = KernelFunctions.Find(name) ?? throw new PrintSyntaxException($"the kernel's function {name}()");
        Expression[] arguments = Next.Is(")") ? [] : [ParseConditional(), .. ParseArguments()];
        Require(")");
        return arguments.Length == function.Arguments
            ? new Call(name, function, arguments)
            : throw new PrintSyntaxException($"{name}() with {arguments.Length} arguments");
    }

    private List<Expression> ParseArguments()
    {
        var arguments = new List<Expression>();
        while (Next.Is(","))
        {
            _at++;
            arguments.Add(ParseConditional());
        }
        return arguments;
    }

    private DynamicField Dynamic(CType type, bool isLength)
    {
        EventField field = FindField(Identifier());
        Require(")");
        if (!field.TypeName.StartsWith("__", StringComparison.Ordinal))
            throw new PrintSyntaxException($"{field.Name}, which is no dynamic field");
        CType? element = field.Kind == EventFieldKind.DynamicArray && !isLength && type == CType.VoidPointer
            ? CType.PointerTo(CType.Integer(field.ElementSize, field.IsSigned))
            : null;
        return new DynamicField(field, element ?? type, isLength);
    }

    // A delimiter is a string; NULL and 0 are none.
    private string? ParseTextOrNull()
    {
        if (ParseText() is { } text)
            return text;
        return Constantly(ParseConditional()) == 0 ? null : throw new PrintSyntaxException("a name that is no string");
    }

    // ", { mask, name }, { mask, name } )": an entry without a name ends the table, whatever comes.
    private NamedValues ParseTable()
    {
        var entries = new List<(ulong, string)>();
        bool hasEnded = false;
        while (Next.Is(","))
        {
            _at++;
            if (Next.Is(")"))
                break;
            Require("{");
            if (Next.Is("}"))
            {
                // "{ }" is { 0, NULL }.
                hasEnded = true;
                _at++;
                continue;
            }
            ulong mask = Constantly(ParseConditional());
            Require(",");
            string? name = ParseTextOrNull();
            if (Next.Is(","))
                _at++;
            Require("}");
            hasEnded |= name is null;
            if (!hasEnded)
                entries.Add((mask, name!));
        }
        Require(")");
        return new NamedValues(entries);
    }

    private static ulong Constantly(Expression expression)
    {
        if (expression.All.Any(static e => e is FieldValue or FieldAddress or DynamicField or RecordPointer or KernelVariable or Local or Call))
            throw new PrintSyntaxException("a table that is not constant");
        var context = new EvaluationContext([], PrintEnvironment.Empty, new ByteText(), 0);
        Value value = expression.Evaluate(ref context);
        return value.Memory is null ? value.Bits : throw new PrintSyntaxException("a table that is not constant");
    }
}
