using System.Numerics;

namespace PerfTrace.BpfTrace;

/// <summary>Makes nodes of a script's tree for one place of a query.</summary>
internal readonly record struct QueryTree(SourceSpan Span)
{
    public IntegerLiteral Number(BigInteger value) =>
        value.Sign < 0 ? new IntegerLiteral(Span, unchecked((ulong)(long)value), isNegative: true) : new IntegerLiteral(Span, (ulong)value);

    public BooleanLiteral Truth(bool value) => new(Span, value);

    public BuiltinExpression Builtin(string name) => new(Span, BuiltinVariable.Find(name)!.Value.Variable);

    public CallExpression Call(string name, params Expression[] arguments) => new(Span, name, arguments);

    public ScratchVariable Variable(string name) => new(Span, name);

    public MapExpression Map(string name) => new(Span, name);

    public MapAccess Entry(string map, Expression key) => new(Span, Map(map), key);

    public BinaryExpression Binary(Expression left, BinaryOperator operation, Expression right) => new(Span, left, operation, right);

    public Expression And(Expression left, Expression right) =>
        left is BooleanLiteral l ? (l.Value ? right : left) : right is BooleanLiteral r ? (r.Value ? left : right) : Binary(left, BinaryOperator.LogicalAnd, right);

    public Expression Or(Expression left, Expression right) =>
        left is BooleanLiteral l ? (l.Value ? left : right) : right is BooleanLiteral r ? (r.Value ? right : left) : Binary(left, BinaryOperator.LogicalOr, right);

    public Expression Not(Expression condition) => condition is BooleanLiteral known ? Truth(!known.Value) : new UnaryExpression(Span, UnaryOperator.LogicalNot, condition);

    public Expression Cast(string type, Expression value) => new CastExpression(Span, new NamedTypeSyntax(Span, type), value);

    public LetStatement Let(string variable, Expression value) => new(Span, Variable(variable), null, value);

    public AssignStatement Assign(Expression target, Expression value) => new(Span, target, null, value);

    public ExpressionStatement Do(Expression expression) => new(Span, expression);

    public BlockExpression Block(params IReadOnlyList<Statement> statements) => new(Span, statements);

    public Statement If(Expression condition, params IReadOnlyList<Statement> statements) => Do(new IfExpression(Span, condition, Block(statements), null));
}
