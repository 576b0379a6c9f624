using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Makes a tree out of a tree: what a pass does not change is the same node again, what holds a changed part is made anew. It calls itself as deep as the tree
/// is high, which it bounds itself where the result may be higher.
/// </summary>
/// <param name="diagnostics">Where what is wrong is told.</param>
internal abstract class TreeRewriter(List<ScriptDiagnostic> diagnostics)
{
    private int depth;

    protected List<ScriptDiagnostic> Diagnostics => diagnostics;

    /// <summary>Whether each node is made anew, as that of a tree that stands in several places.</summary>
    protected virtual bool IsCopy => false;

    /// <summary>The place of a node in the new tree.</summary>
    protected virtual SourceSpan Place(SourceSpan span) => span;

    public Expression Rewrite(Expression expression)
    {
        Descend(expression);
        Expression rewritten = RewriteParts(expression);
        depth--;
        return rewritten;
    }

    /// <exception cref="SyntaxError">The tree is higher than those that walk it may go.</exception>
    private void Descend(Node node)
    {
        if (++depth > ScriptParser.MostHeight)
            throw TooHigh(Place(node.Span));
    }

    private static SyntaxError TooHigh(SourceSpan span) =>
        new(span, string.Create(CultureInfo.InvariantCulture, $"with what macros bring into it, an expression of more than {ScriptParser.MostHeight} levels"));

    /// <summary>The node with its parts rewritten; what replaces nodes does so here.</summary>
    protected virtual Expression RewriteParts(Expression expression) => expression switch
    {
        UnaryExpression or BinaryExpression or CastExpression or IfExpression or BlockExpression or ComptimeExpression or CallExpression or TypeArgument =>
            RewriteOperation(expression),
        FieldAccess or TupleAccess or IndexExpression or TupleExpression or RecordExpression or SizeofExpression or OffsetofExpression or TypeinfoExpression
            or MapAccess => RewriteAggregate(expression),
        ScratchVariable variable => RewriteVariable(variable),
        MapExpression map => RewriteMap(map),
        _ when !IsCopy => expression,
        IntegerLiteral integer => new IntegerLiteral(Place(integer.Span), integer.Value, integer.IsNegative, integer.Text),
        StringLiteral text => new StringLiteral(Place(text.Span), text.Bytes.ToArray()),
        BooleanLiteral boolean => new BooleanLiteral(Place(boolean.Span), boolean.Value),
        IdentifierExpression name => new IdentifierExpression(Place(name.Span), name.Name),
        BuiltinExpression builtin => new BuiltinExpression(Place(builtin.Span), builtin.Variable, builtin.Index),
        PositionalParameter parameter => new PositionalParameter(Place(parameter.Span), parameter.Index),
        PositionalCount count => new PositionalCount(Place(count.Span)),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    protected virtual ScratchVariable RewriteVariable(ScratchVariable variable) => IsCopy ? new ScratchVariable(Place(variable.Span), variable.Name) : variable;

    protected virtual MapExpression RewriteMap(MapExpression map) => IsCopy ? new MapExpression(Place(map.Span), map.Name) : map;

    private Expression RewriteOperation(Expression expression)
    {
        switch (expression)
        {
            case UnaryExpression unary:
                Expression operand = Rewrite(unary.Operand);
                return Same(operand, unary.Operand) ? unary : new UnaryExpression(Place(unary.Span), unary.Operator, operand);
            case BinaryExpression binary:
                Expression left = Rewrite(binary.Left), right = Rewrite(binary.Right);
                return Same(left, binary.Left) && Same(right, binary.Right) ? binary : new BinaryExpression(Place(binary.Span), left, binary.Operator, right);
            case CastExpression cast:
                TypeSyntax target = Rewrite(cast.Target);
                Expression value = Rewrite(cast.Operand);
                return Same(target, cast.Target) && Same(value, cast.Operand) ? cast : new CastExpression(Place(cast.Span), target, value);
            case IfExpression choice:
                Expression condition = Rewrite(choice.Condition);
                Expression? then = choice.Then is null ? null : Rewrite(choice.Then);
                Expression? otherwise = choice.Else is null ? null : Rewrite(choice.Else);
                return Same(condition, choice.Condition) && Same(then, choice.Then) && Same(otherwise, choice.Else)
                    ? choice
                    : new IfExpression(Place(choice.Span), condition, then, otherwise);
            case BlockExpression block:
                return RewriteBlock(block);
            case ComptimeExpression comptime:
                Expression constant = Rewrite(comptime.Operand);
                return Same(constant, comptime.Operand) ? comptime : new ComptimeExpression(Place(comptime.Span), constant);
            case CallExpression call:
                IReadOnlyList<Expression> arguments = RewriteList(call.Arguments);
                return !IsCopy && ReferenceEquals(arguments, call.Arguments) ? call : new CallExpression(Place(call.Span), call.Name, arguments);
            default:
                var argument = (TypeArgument)expression;
                TypeSyntax type = Rewrite(argument.Operand);
                return Same(type, argument.Operand) ? argument : new TypeArgument(Place(argument.Span), type);
        }
    }

    private Expression RewriteAggregate(Expression expression)
    {
        switch (expression)
        {
            case FieldAccess field:
                Expression target = Rewrite(field.Target);
                return Same(target, field.Target) ? field : new FieldAccess(Place(field.Span), target, field.Field);
            case TupleAccess element:
                Expression tupleValue = Rewrite(element.Target);
                return Same(tupleValue, element.Target) ? element : new TupleAccess(Place(element.Span), tupleValue, element.Index);
            case IndexExpression index:
                Expression array = Rewrite(index.Target), at = Rewrite(index.Index);
                return Same(array, index.Target) && Same(at, index.Index) ? index : new IndexExpression(Place(index.Span), array, at);
            case MapAccess access:
                MapExpression map = RewriteMap(access.Map);
                Expression key = Rewrite(access.Key);
                return Same(map, access.Map) && Same(key, access.Key) ? access : new MapAccess(Place(access.Span), map, key);
            case TupleExpression tuple:
                IReadOnlyList<Expression> elements = RewriteList(tuple.Elements);
                return !IsCopy && ReferenceEquals(elements, tuple.Elements) ? tuple : new TupleExpression(Place(tuple.Span), elements);
            case RecordExpression record:
                IReadOnlyList<RecordElement> named = RewriteList(record.Elements, RewriteElement);
                return !IsCopy && ReferenceEquals(named, record.Elements) ? record : new RecordExpression(Place(record.Span), named);
            case SizeofExpression size:
                TypeSyntax measured = Rewrite(size.Operand);
                return Same(measured, size.Operand) ? size : new SizeofExpression(Place(size.Span), measured);
            case OffsetofExpression offset:
                TypeSyntax owner = Rewrite(offset.Operand);
                IReadOnlyList<string> fields = RewriteFields(offset.Fields);
                return Same(owner, offset.Operand) && ReferenceEquals(fields, offset.Fields) ? offset : new OffsetofExpression(Place(offset.Span), owner, fields);
            default:
                var info = (TypeinfoExpression)expression;
                TypeSyntax asked = Rewrite(info.Operand);
                return Same(asked, info.Operand) ? info : new TypeinfoExpression(Place(info.Span), asked);
        }
    }

    private RecordElement RewriteElement(RecordElement element)
    {
        Expression value = Rewrite(element.Value);
        return Same(value, element.Value) ? element : new RecordElement(Place(element.Span), element.Name, value);
    }

    /// <summary>The path of <c>offsetof</c>.</summary>
    protected virtual IReadOnlyList<string> RewriteFields(IReadOnlyList<string> fields) => fields;

    protected virtual TypeSyntax Rewrite(TypeSyntax type)
    {
        switch (type)
        {
            case PointerTypeSyntax pointer:
                TypeSyntax pointed = Rewrite(pointer.Element);
                return Same(pointed, pointer.Element) ? pointer : new PointerTypeSyntax(Place(pointer.Span), pointed);
            case ArrayTypeSyntax array:
                TypeSyntax element = Rewrite(array.Element);
                return Same(element, array.Element) ? array : new ArrayTypeSyntax(Place(array.Span), element, array.Length);
            case TypeofSyntax of:
                Expression operand = Rewrite(of.Operand);
                return Same(operand, of.Operand) ? of : new TypeofSyntax(Place(of.Span), operand);
            case NamedTypeSyntax named when IsCopy:
                return new NamedTypeSyntax(Place(named.Span), named.Name);
            case TaggedTypeSyntax tagged when IsCopy:
                return new TaggedTypeSyntax(Place(tagged.Span), tagged.Tag, tagged.Name);
            default:
                return type;
        }
    }

    /// <summary>A block, or the body of a loop, function or probe.</summary>
    protected virtual BlockExpression RewriteBlock(BlockExpression block)
    {
        IReadOnlyList<Statement> statements = RewriteList(block.Statements, Rewrite);
        Expression? value = block.Value is null ? null : Rewrite(block.Value);
        return !IsCopy && ReferenceEquals(statements, block.Statements) && Same(value, block.Value) ? block : new BlockExpression(Place(block.Span), statements, value);
    }

    // The body of a loop or probe stays a block, whatever else becomes of blocks.
    private BlockExpression RewriteBody(BlockExpression body)
    {
        Descend(body);
        BlockExpression rewritten = RewriteBlock(body);
        depth--;
        return (BlockExpression)ScriptParser.WithoutValue(rewritten);
    }

    private Statement Rewrite(Statement statement)
    {
        Descend(statement);
        Statement rewritten = RewriteParts(statement);
        depth--;
        return rewritten;
    }

    /// <summary>The statement with its parts rewritten.</summary>
    protected virtual Statement RewriteParts(Statement statement)
    {
        switch (statement)
        {
            case ExpressionStatement plain:
                Expression expression = Rewrite(plain.Expression);
                return Same(expression, plain.Expression) ? plain : new ExpressionStatement(Place(plain.Span), ScriptParser.WithoutValue(expression));
            case AssignStatement assign:
                Expression target = Rewrite(assign.Target), assigned = Rewrite(assign.Value);
                return Same(target, assign.Target) && Same(assigned, assign.Value)
                    ? assign
                    : new AssignStatement(Place(assign.Span), target, assign.Operator, assigned);
            case LetStatement let:
                // The value is computed before there is the variable.
                Expression? initial = let.Value is null ? null : Rewrite(let.Value);
                ScratchVariable declared = RewriteVariable(let.Variable);
                TypeSyntax? type = let.DeclaredType is null ? null : Rewrite(let.DeclaredType);
                return Same(initial, let.Value) && Same(declared, let.Variable) && Same(type, let.DeclaredType)
                    ? let
                    : new LetStatement(Place(let.Span), declared, type, initial);
            case DiscardStatement discard:
                Expression discarded = Rewrite(discard.Expression);
                return Same(discarded, discard.Expression) ? discard : new DiscardStatement(Place(discard.Span), discarded);
            case JumpStatement jump:
                Expression? result = jump.Value is null ? null : Rewrite(jump.Value);
                return !IsCopy && ReferenceEquals(result, jump.Value) ? jump : new JumpStatement(Place(jump.Span), jump.Kind, result);
            default:
                return RewriteLoop(statement);
        }
    }

    private Statement RewriteLoop(Statement statement)
    {
        switch (statement)
        {
            case WhileStatement loop:
                Expression condition = Rewrite(loop.Condition);
                BlockExpression body = RewriteBody(loop.Body);
                return Same(condition, loop.Condition) && Same(body, loop.Body) ? loop : new WhileStatement(Place(loop.Span), condition, body);
            case UnrollStatement unroll:
                Expression count = Rewrite(unroll.Count);
                BlockExpression repeated = RewriteBody(unroll.Body);
                return Same(count, unroll.Count) && Same(repeated, unroll.Body) ? unroll : new UnrollStatement(Place(unroll.Span), count, repeated);
            case ForMapStatement loop:
                MapExpression map = RewriteMap(loop.Map);
                ScratchVariable pair = RewriteVariable(loop.Variable);
                BlockExpression each = RewriteBody(loop.Body);
                return Same(map, loop.Map) && Same(pair, loop.Variable) && Same(each, loop.Body) ? loop : new ForMapStatement(Place(loop.Span), pair, map, each);
            default:
                var range = (ForRangeStatement)statement;
                Expression from = Rewrite(range.From), to = Rewrite(range.To);
                ScratchVariable counter = RewriteVariable(range.Variable);
                BlockExpression counted = RewriteBody(range.Body);
                return Same(from, range.From) && Same(to, range.To) && Same(counter, range.Variable) && Same(counted, range.Body)
                    ? range
                    : new ForRangeStatement(Place(range.Span), counter, from, to, counted);
        }
    }

    /// <summary>The same for a script: what is wrong in one of its parts is told, and the next part is gone through.</summary>
    public ScriptTree Rewrite(ScriptTree tree) => tree with
    {
        Functions = RewriteList(tree.Functions, f => Attempt(f, RewriteFunction)),
        Probes = RewriteList(tree.Probes, p => Attempt(p, RewriteProbe)),
    };

    private T Attempt<T>(T part, Func<T, T> rewrite)
        where T : Node
    {
        try
        {
            T rewritten = rewrite(part);
            return rewritten.Height <= ScriptParser.MostHeight ? rewritten : throw TooHigh(part.Span);
        }
        catch (SyntaxError error)
        {
            diagnostics.Add(error.Diagnostic);
            depth = 0;
            return part;
        }
    }

    private FunctionDefinition RewriteFunction(FunctionDefinition function)
    {
        BlockExpression body = RewriteBody(function.Body);
        return Same(body, function.Body) ? function : new FunctionDefinition(Place(function.Span), function.Name, function.Parameters, function.ReturnType, body);
    }

    /// <summary>A probe with its predicate and body rewritten.</summary>
    protected virtual Probe RewriteProbe(Probe probe)
    {
        Expression? predicate = probe.Predicate is null ? null : Rewrite(probe.Predicate);
        BlockExpression body = RewriteBody(probe.Body);
        return Same(predicate, probe.Predicate) && Same(body, probe.Body) ? probe : new Probe(Place(probe.Span), probe.AttachPoints, predicate, body);
    }

    private IReadOnlyList<Expression> RewriteList(IReadOnlyList<Expression> list) => RewriteList(list, Rewrite);

    // The same list when none of its parts has changed.
    private static IReadOnlyList<T> RewriteList<T>(IReadOnlyList<T> list, Func<T, T> rewrite)
        where T : Node
    {
        T[]? changed = null;
        for (int i = 0; i < list.Count; i++)
        {
            T part = rewrite(list[i]);
            if (changed is null && !ReferenceEquals(part, list[i]))
                changed = [.. list];
            if (changed is not null)
                changed[i] = part;
        }
        return changed ?? list;
    }

    private bool Same(Node? rewritten, Node? before) => !IsCopy && ReferenceEquals(rewritten, before);
}
