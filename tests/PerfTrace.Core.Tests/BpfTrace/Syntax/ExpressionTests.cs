using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "Binary(Integer(1) Add Binary(Integer(2) Multiply Integer(3)))")]
    [InlineData("1 * 2 + 3", "Binary(Binary(Integer(1) Multiply Integer(2)) Add Integer(3))")]
    [InlineData("1 - 2 - 3", "Binary(Binary(Integer(1) Subtract Integer(2)) Subtract Integer(3))")]
    [InlineData("(1 - (2 - 3))", "Binary(Integer(1) Subtract Binary(Integer(2) Subtract Integer(3)))")]
    [InlineData("1 << 2 + 3", "Binary(Integer(1) ShiftLeft Binary(Integer(2) Add Integer(3)))")]
    [InlineData("1 < 2 >> 3", "Binary(Integer(1) Less Binary(Integer(2) ShiftRight Integer(3)))")]
    [InlineData("1 == 2 < 3", "Binary(Integer(1) Equal Binary(Integer(2) Less Integer(3)))")]
    [InlineData("1 & 2 != 3", "Binary(Integer(1) BitwiseAnd Binary(Integer(2) NotEqual Integer(3)))")]
    [InlineData("1 ^ 2 & 3", "Binary(Integer(1) BitwiseXor Binary(Integer(2) BitwiseAnd Integer(3)))")]
    [InlineData("1 | 2 ^ 3", "Binary(Integer(1) BitwiseOr Binary(Integer(2) BitwiseXor Integer(3)))")]
    [InlineData("1 && 2 | 3", "Binary(Integer(1) LogicalAnd Binary(Integer(2) BitwiseOr Integer(3)))")]
    [InlineData("1 || 2 && 3", "Binary(Integer(1) LogicalOr Binary(Integer(2) LogicalAnd Integer(3)))")]
    [InlineData("1 % 2 / 3", "Binary(Binary(Integer(1) Modulo Integer(2)) Divide Integer(3))")]
    [InlineData("1 <= 2 >= 3", "Binary(Binary(Integer(1) LessOrEqual Integer(2)) GreaterOrEqual Integer(3))")]
    [InlineData("1 > 2", "Binary(Integer(1) Greater Integer(2))")]
    [InlineData("1 || 2 ? 3 : 4 || 5", "If(Binary(Integer(1) LogicalOr Integer(2)) Integer(3) Binary(Integer(4) LogicalOr Integer(5)))")]
    [InlineData("1 ? 2 ? 3 : 4 : 5", "If(Integer(1) If(Integer(2) Integer(3) Integer(4)) Integer(5))")]
    [InlineData("1 ? 2 : 3 ? 4 : 5", "If(Integer(1) Integer(2) If(Integer(3) Integer(4) Integer(5)))")]
    [InlineData("1 ?: 2", "If(Integer(1) Integer(2))")]
    [InlineData("-1 + 2", "Binary(Unary(Negate Integer(1)) Add Integer(2))")]
    [InlineData("!$x.a", "Unary(LogicalNot FieldAccess(Scratch($x) a))")]
    [InlineData("*$x.a", "Unary(Dereference FieldAccess(Scratch($x) a))")]
    [InlineData("(*$x).a", "FieldAccess(Unary(Dereference Scratch($x)) a)")]
    [InlineData("~-1", "Unary(Complement Unary(Negate Integer(1)))")]
    [InlineData("- -1", "Unary(Negate Unary(Negate Integer(1)))")]
    [InlineData("(uint64)$x + 1", "Binary(Cast(Named(uint64) Scratch($x)) Add Integer(1))")]
    [InlineData("(uint64)-$x.a", "Cast(Named(uint64) Unary(Negate FieldAccess(Scratch($x) a)))")]
    [InlineData("-(uint64)$x", "Unary(Negate Cast(Named(uint64) Scratch($x)))")]
    [InlineData("1 - -$x", "Binary(Integer(1) Subtract Unary(Negate Scratch($x)))")]
    [InlineData("2 * *$x", "Binary(Integer(2) Multiply Unary(Dereference Scratch($x)))")]
    [InlineData("1 & &$x", "Binary(Integer(1) BitwiseAnd Unary(AddressOf Scratch($x)))")]
    public void Precedence(string text, string shape) => Assert.Equal(shape, TreeShape.Of(Scripts.Expression(text)));

    [Theory]
    [InlineData("true", "Boolean(True)")]
    [InlineData("false", "Boolean(False)")]
    [InlineData("\"a b\"", "String(a b)")]
    [InlineData("pid", "Identifier(pid)")]
    [InlineData("AF_INET", "Identifier(AF_INET)")]
    [InlineData("$x1", "Scratch($x1)")]
    [InlineData("@", "Map(@)")]
    [InlineData("@a_1", "Map(@a_1)")]
    [InlineData("@[1]", "MapAccess(Map(@) Integer(1))")]
    [InlineData("@x[pid, \"a\"]", "MapAccess(Map(@x) Tuple([Identifier(pid) String(a)]))")]
    [InlineData("@x[(pid, \"a\")]", "MapAccess(Map(@x) Tuple([Identifier(pid) String(a)]))")]
    [InlineData("@x[@y[1]]", "MapAccess(Map(@x) MapAccess(Map(@y) Integer(1)))")]
    [InlineData("$1", "PositionalParameter(1)")]
    [InlineData("$#", "PositionalCount()")]
    [InlineData("f()", "Call(f [])")]
    [InlineData("f(1, g(2))", "Call(f [Integer(1) Call(g [Integer(2)])])")]
    [InlineData("f(typeof($x), typeof(int32*))", "Call(f [TypeArgument(Typeof(Scratch($x))) TypeArgument(Pointer(Named(int32)))])")]
    [InlineData("kstack(perf, 3)", "Call(kstack [Identifier(perf) Integer(3)])")]
    [InlineData("args.filename", "FieldAccess(Identifier(args) filename)")]
    [InlineData("args->filename", "FieldAccess(Identifier(args) filename)")]
    [InlineData("$x.type.if", "FieldAccess(FieldAccess(Scratch($x) type) if)")]
    [InlineData("$x.0.1", "TupleAccess(TupleAccess(Scratch($x) 0) 1)")]
    [InlineData("$x[1][$y]", "Index(Index(Scratch($x) Integer(1)) Scratch($y))")]
    [InlineData("@x[1][2]", "Index(MapAccess(Map(@x) Integer(1)) Integer(2))")]
    [InlineData("(@x)[2]", "Index(Map(@x) Integer(2))")]
    [InlineData("()", "Tuple([])")]
    [InlineData("(1,)", "Tuple([Integer(1)])")]
    [InlineData("(1, (2, 3),)", "Tuple([Integer(1) Tuple([Integer(2) Integer(3)])])")]
    [InlineData("(a = 1, b = \"x\")", "Record([RecordElement(a Integer(1)) RecordElement(b String(x))])")]
    [InlineData("(1)", "Integer(1)")]
    [InlineData("$x++", "Unary(PostIncrement Scratch($x))")]
    [InlineData("@x[1]--", "Unary(PostDecrement MapAccess(Map(@x) Integer(1)))")]
    [InlineData("++@x", "Unary(PreIncrement Map(@x))")]
    [InlineData("--$x", "Unary(PreDecrement Scratch($x))")]
    [InlineData("&@x", "Unary(AddressOf Map(@x))")]
    [InlineData("**$x", "Unary(Dereference Unary(Dereference Scratch($x)))")]
    [InlineData("comptime 1 + 2", "Binary(Comptime(Integer(1)) Add Integer(2))")]
    [InlineData("{ let $a = 1; $a }", "Block([Let(Scratch($a) Integer(1))] Scratch($a))")]
    [InlineData("{ f(); }", "Block([Expression(Call(f []))])")]
    [InlineData("if (1) { 2 } else { 3 }", "If(Integer(1) Block([] Integer(2)) Block([] Integer(3)))")]
    [InlineData("if 1 == 2 { 2 } else if (3) { 3 }", "If(Binary(Integer(1) Equal Integer(2)) Block([] Integer(2)) If(Integer(3) Block([] Integer(3))))")]
    [InlineData("(if (1) { 2 } else { 3 }) + 1", "Binary(If(Integer(1) Block([] Integer(2)) Block([] Integer(3))) Add Integer(1))")]
    public void Expressions(string text, string shape) => Assert.Equal(shape, TreeShape.Of(Scripts.Expression(text)));

    [Theory]
    [InlineData("(uint8)1", "Cast(Named(uint8) Integer(1))")]
    [InlineData("(int8[])$x", "Cast(Array(Named(int8)) Scratch($x))")]
    [InlineData("(int8[8])$x", "Cast(Array(Named(int8) 8) Scratch($x))")]
    [InlineData("(string[64])arg0", "Cast(Array(Named(string) 64) Identifier(arg0))")]
    [InlineData("(struct foo)$x", "Cast(Tagged(Struct foo) Scratch($x))")]
    [InlineData("(struct foo *)arg0", "Cast(Pointer(Tagged(Struct foo)) Identifier(arg0))")]
    [InlineData("(union foo**)arg0", "Cast(Pointer(Pointer(Tagged(Union foo))) Identifier(arg0))")]
    [InlineData("(enum foo)1", "Cast(Tagged(Enum foo) Integer(1))")]
    [InlineData("(struct foo[4]*)arg0", "Cast(Pointer(Array(Tagged(Struct foo) 4)) Identifier(arg0))")]
    [InlineData("(int32*[4])$x", "Cast(Array(Pointer(Named(int32)) 4) Scratch($x))")]
    [InlineData("(struct foo *)arg0->a", "Cast(Pointer(Tagged(Struct foo)) FieldAccess(Identifier(arg0) a))")]
    [InlineData("((struct foo *)arg0).a", "FieldAccess(Cast(Pointer(Tagged(Struct foo)) Identifier(arg0)) a)")]
    [InlineData("(typeof($y))$x", "Cast(Typeof(Scratch($y)) Scratch($x))")]
    [InlineData("(typeof(int32))$x", "Cast(Named(int32) Scratch($x))")]
    [InlineData("(myident)", "Identifier(myident)")]
    [InlineData("(myident)*$a", "Cast(Named(myident) Unary(Dereference Scratch($a)))")]
    [InlineData("(pid)*tid", "Binary(Identifier(pid) Multiply Identifier(tid))")]
    [InlineData("(myident) + 1", "Binary(Identifier(myident) Add Integer(1))")]
    [InlineData("(a * $b)", "Binary(Identifier(a) Multiply Scratch($b))")]
    [InlineData("(a[1])", "Index(Identifier(a) Integer(1))")]
    [InlineData("(uint8)(uint16)1", "Cast(Named(uint8) Cast(Named(uint16) Integer(1)))")]
    [InlineData("sizeof(uint32)", "Sizeof(Named(uint32))")]
    [InlineData("sizeof(struct foo)", "Sizeof(Tagged(Struct foo))")]
    [InlineData("sizeof(uint32*[10])", "Sizeof(Array(Pointer(Named(uint32)) 10))")]
    [InlineData("sizeof($x)", "Sizeof(Typeof(Scratch($x)))")]
    [InlineData("sizeof(pid)", "Sizeof(Typeof(Identifier(pid)))")]
    [InlineData("sizeof(ident[1])", "Sizeof(Array(Named(ident) 1))")]
    [InlineData("sizeof((ident)[1])", "Sizeof(Typeof(Index(Identifier(ident) Integer(1))))")]
    [InlineData("sizeof((ident[1]))", "Sizeof(Typeof(Index(Identifier(ident) Integer(1))))")]
    [InlineData("sizeof(f())", "Sizeof(Typeof(Call(f [])))")]
    [InlineData("sizeof({ $a = (int8)1; $a })", "Sizeof(Typeof(Block([Assign(Scratch($a) Cast(Named(int8) Integer(1)))] Scratch($a))))")]
    [InlineData("typeinfo(int8)", "Typeinfo(Named(int8))")]
    [InlineData("offsetof(struct foo, a.b)", "Offsetof(Tagged(Struct foo) [a b])")]
    [InlineData("offsetof(*$x, a)", "Offsetof(Typeof(Unary(Dereference Scratch($x))) [a])")]
    public void Types_in_expressions(string text, string shape) => Assert.Equal(shape, TreeShape.Of(Scripts.Expression(text)));

    [Fact]
    public void A_part_knows_its_place()
    {
        Expression sum = Scripts.Expression("1 + foo(  2 ) /* x */ ");
        Assert.Equal("1 + foo(  2 )", sum.Span.Text.ToString());
        var call = Assert.IsType<CallExpression>(Assert.IsType<BinaryExpression>(sum).Right);
        Assert.Equal(("foo(  2 )", "foo"), (call.Span.Text.ToString(), call.NameSpan.Text.ToString()));
        Assert.Equal("stdin:1:18-27", call.Span.ToString());
    }

    [Fact]
    public void Builtins_are_known_by_name()
    {
        Assert.Equal(BuiltinKind.Pid, BuiltinVariable.Find("pid")?.Variable.Kind);
        Assert.Equal((BuiltinKind.Argument, 12), (BuiltinVariable.Find("arg12")?.Variable.Kind, BuiltinVariable.Find("arg12")?.Index));
        Assert.Equal(BuiltinKind.StackArgument, BuiltinVariable.Find("sarg0")?.Variable.Kind);
        Assert.All(["arg", "args0", "arg-1", "sarg", "Pid", ""], static n => Assert.Null(BuiltinVariable.Find(n)));
        Assert.Contains("arg0", BuiltinVariable.Names);
    }
}
