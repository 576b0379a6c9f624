using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class StatementTests
{
    [Theory]
    [InlineData("$x = 1;", "Assign(Scratch($x) Integer(1))")]
    [InlineData("@ = 1", "Assign(Map(@) Integer(1))")]
    [InlineData("@x[1] = 1", "Assign(MapAccess(Map(@x) Integer(1)) Integer(1))")]
    [InlineData("$x += 1", "Assign(Scratch($x) Add Integer(1))")]
    [InlineData("$x -= 1", "Assign(Scratch($x) Subtract Integer(1))")]
    [InlineData("$x *= 1", "Assign(Scratch($x) Multiply Integer(1))")]
    [InlineData("$x /= 1", "Assign(Scratch($x) Divide Integer(1))")]
    [InlineData("$x %= 1", "Assign(Scratch($x) Modulo Integer(1))")]
    [InlineData("$x &= 1", "Assign(Scratch($x) BitwiseAnd Integer(1))")]
    [InlineData("$x |= 1", "Assign(Scratch($x) BitwiseOr Integer(1))")]
    [InlineData("$x ^= 1", "Assign(Scratch($x) BitwiseXor Integer(1))")]
    [InlineData("$x <<= 1", "Assign(Scratch($x) ShiftLeft Integer(1))")]
    [InlineData("$x >>= 1", "Assign(Scratch($x) ShiftRight Integer(1))")]
    [InlineData("let $x;", "Let(Scratch($x))")]
    [InlineData("let $x: uint64;", "Let(Scratch($x) Named(uint64))")]
    [InlineData("let $x : struct a* = $y", "Let(Scratch($x) Pointer(Tagged(Struct a)) Scratch($y))")]
    [InlineData("let $x: typeof($y) = 1", "Let(Scratch($x) Typeof(Scratch($y)) Integer(1))")]
    [InlineData("_ = f()", "Discard(Call(f []))")]
    [InlineData("@x++", "Expression(Unary(PostIncrement Map(@x)))")]
    [InlineData("pid", "Expression(Identifier(pid))")]
    [InlineData("break", "Jump(Break)")]
    [InlineData("continue;", "Jump(Continue)")]
    [InlineData("return;", "Jump(Return)")]
    [InlineData("return 1", "Jump(Return Integer(1))")]
    [InlineData("while ($x < 1) { $x++ }", "While(Binary(Scratch($x) Less Integer(1)) Block([Expression(Unary(PostIncrement Scratch($x)))]))")]
    [InlineData("unroll(3) { f() }", "Unroll(Integer(3) Block([Expression(Call(f []))]))")]
    [InlineData("unroll 3 { f(); }", "Unroll(Integer(3) Block([Expression(Call(f []))]))")]
    [InlineData("for ($kv : @x) { f(); }", "ForMap(Scratch($kv) Map(@x) Block([Expression(Call(f []))]))")]
    [InlineData("for $kv : @x { f(); }", "ForMap(Scratch($kv) Map(@x) Block([Expression(Call(f []))]))")]
    [InlineData("for ($i : 0..ncpus) { }", "ForRange(Scratch($i) Integer(0) Identifier(ncpus) Block([]))")]
    [InlineData("for ($i : $a.0..(1 + 2)) { }", "ForRange(Scratch($i) TupleAccess(Scratch($a) 0) Binary(Integer(1) Add Integer(2)) Block([]))")]
    [InlineData("{ f() }", "Expression(Block([Expression(Call(f []))]))")]
    [InlineData("{ { 1 }; }", "Expression(Block([Expression(Block([Expression(Integer(1))]))]))")]
    [InlineData("if (pid) { f() }", "Expression(If(Identifier(pid) Block([Expression(Call(f []))])))")]
    [InlineData("if (pid) { f() } else if (tid) { g() } else { h() }",
        "Expression(If(Identifier(pid) Block([Expression(Call(f []))]) If(Identifier(tid) Block([Expression(Call(g []))]) Block([Expression(Call(h []))]))))")]
    [InlineData("$a == 1 ? f() : g();", "Expression(If(Binary(Scratch($a) Equal Integer(1)) Call(f []) Call(g [])))")]
    public void Statements(string text, string shape) => Assert.Equal(shape, TreeShape.Of(Assert.Single(Scripts.Statements(text))));

    [Fact]
    public void Blocks_need_no_semicolon() => Assert.Equal(6, Scripts.Statements("if (1) { } { } -1; if (2) { } else { }; while (0) { } $x = 1").Count);

    [Fact]
    public void A_body_has_no_value()
    {
        BlockExpression body = Assert.Single(Scripts.Parse("begin { 1; 2 }").Probes).Body;
        Assert.Null(body.Value);
        Assert.Equal(2, body.Statements.Count);
    }

    [Theory]
    [InlineData("kprobe:f /pid == 1/ { }", "Binary(Identifier(pid) Equal Integer(1))")]
    [InlineData("kprobe:f\n/ @x /\n{ }", "Map(@x)")]
    [InlineData("kprobe:f /100/25/ { }", "Binary(Integer(100) Divide Integer(25))")]
    [InlineData("kprobe:f /(1/2) > @[3/4]/{ }", "Binary(Binary(Integer(1) Divide Integer(2)) Greater MapAccess(Map(@) Binary(Integer(3) Divide Integer(4))))")]
    [InlineData("profile:hz:99/pid/ { }", "Identifier(pid)")]
    [InlineData("BEGIN/pid/{ }", "Identifier(pid)")]
    [InlineData("kprobe:f, uprobe:/bin/bash:g\n/f({ 1 / 2 })/ { }", "Call(f [Block([] Binary(Integer(1) Divide Integer(2)))])")]
    public void Predicates(string text, string shape) => Assert.Equal(shape, TreeShape.Of(Assert.Single(Scripts.Parse(text).Probes).Predicate));

    [Fact]
    public void Parts_beside_probes()
    {
        ScriptTree tree = Scripts.Parse("""
            config = { max_strlen = 64; stack_mode = perf; str_trunc_trailer = "x"; cpp_demangle = true }
            import "a.bt";
            import "b";
            let @a = hash(100);
            let @b = percpulruhash(1e3)
            macro one { 1 }
            macro add($a, @b, c) { $a += @b; c }
            fn f($a: uint64, $b: struct x*): void { return; }
            begin, end { 1 }
            kprobe:f, { 2 }
            """);
        Assert.Equal(
            "ConfigBlock([ConfigSetting(max_strlen Integer(64)) ConfigSetting(stack_mode Identifier(perf)) ConfigSetting(str_trunc_trailer String(x)) ConfigSetting(cpp_demangle Boolean(True))])",
            TreeShape.Of(tree.Config));
        Assert.Equal("[ImportDirective(a.bt) ImportDirective(b)]", TreeShape.Of(tree.Imports));
        Assert.Equal("[MapDeclaration(@a hash 100) MapDeclaration(@b percpulruhash 1000)]", TreeShape.Of(tree.Maps));
        Assert.Equal(
            "[Macro(one [] Block([] Integer(1))) Macro(add [Scratch($a) Map(@b) Identifier(c)] Block([Assign(Scratch($a) Add Map(@b))] Identifier(c)))]",
            TreeShape.Of(tree.Macros));
        Assert.Equal(
            "[Function(f [FunctionParameter(Scratch($a) Named(uint64)) FunctionParameter(Scratch($b) Pointer(Tagged(Struct x)))] Named(void) Block([Jump(Return)]))]",
            TreeShape.Of(tree.Functions));
        Assert.Equal([2, 1], tree.Probes.Select(static p => p.AttachPoints.Count));
    }
}
