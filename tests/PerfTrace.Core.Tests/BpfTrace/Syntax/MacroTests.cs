using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class MacroTests
{
    private const string Macros = """
        #define TWO 2
        #define FOUR (TWO * TWO)
        #define TEXT "x"
        macro one() { 1 }
        macro add_one(x) { x + 1 }
        macro add_two(x) { add_one(x) + 1 }
        macro let_one(x) { let $x = x; $x + 1 }
        macro each($a, @b) { $a += 1; @b += 1; }
        macro thrice(x) { x; x; x; }
        macro casted(a, b) { (a*)b }
        macro sized(t) { sizeof(t) }
        macro tagged(t) { sizeof(struct t) }
        macro offset(t, f) { offsetof(t, f) }
        macro kind(@a) { "map" }
        macro kind($a) { "variable" }
        macro kind(a) { "expression" }
        """;

    private static string Expand(string body)
    {
        var diagnostics = new List<ScriptDiagnostic>();
        ScriptTree tree = MacroExpander.Expand(Scripts.Parse($"{Macros}\nbegin {{ {body} }}"), diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(tree.Macros);
        string printed = string.Join(' ', ScriptPrinter.Print(tree with { Definitions = [] }).Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        return printed["begin { ".Length..^" }".Length];
    }

    private static string Error(string script)
    {
        var diagnostics = new List<ScriptDiagnostic>();
        MacroExpander.Expand(Scripts.Parse(script), diagnostics);
        return string.Join('\n', diagnostics);
    }

    [Theory]
    [InlineData("print(one());", "print({ 1 });")]
    [InlineData("print(one);", "print({ 1 });")]
    [InlineData("print(add_one(1 + 1));", "print({ 1 + 1 + 1 });")]
    [InlineData("print(add_one($a));", "print({ ({ $a }) + 1 });")]
    [InlineData("print(add_two(1));", "print({ ({ 1 + 1 }) + 1 });")]
    [InlineData("print(let_one(let_one(5)));", "print({ let $x#2 = { let $x#1 = 5; $x#1 + 1 }; $x#2 + 1 });")]
    [InlineData("each($n, @m);", "{ $n += 1; @m += 1; }")]
    [InlineData("thrice({ f() });", "{ { f(); } { f(); } { f(); } }")]
    [InlineData("print(casted(typeof(uint8), -1));", "print({ (uint8*)-1 });")]
    [InlineData("print(casted(foo, $x));", "print({ (foo*)({ $x }) });")]
    [InlineData("print(sized(typeof(struct a[2])));", "print({ sizeof(struct a[2]) });")]
    [InlineData("print(sized($x));", "print({ sizeof({ $x }) });")]
    [InlineData("print(tagged(foo));", "print({ sizeof(struct foo) });")]
    [InlineData("print(tagged(typeof(foo)));", "print({ sizeof(struct foo) });")]
    [InlineData("print(offset(typeof(struct a), b.c.d));", "print({ offsetof(struct a, b.c.d) });")]
    [InlineData("print((kind(@a), kind($a), kind(@a[1]), kind(1)));", "print(({ \"map\" }, { \"variable\" }, { \"expression\" }, { \"expression\" }));")]
    [InlineData("print(FOUR + TWO);", "print(2 * 2 + 2);")]
    [InlineData("@x[TEXT] = sizeof(TWO);", "@x[\"x\"] = sizeof(TWO);")]
    [InlineData("print(ONE); pid();", "print(ONE); pid();")]
    public void Calls_become_what_the_macro_says(string body, string expanded) => Assert.Equal(expanded, Expand(body));

    [Fact]
    public void Each_use_of_an_argument_has_nodes_of_its_own()
    {
        ScriptTree tree = MacroExpander.Expand(Scripts.Parse("macro twice(x) { x + x }\nbegin { print(twice(f(1))); }"), []);
        var print = (CallExpression)((ExpressionStatement)tree.Probes[0].Body.Statements[0]).Expression;
        var sum = Assert.IsType<BinaryExpression>(Assert.IsType<BlockExpression>(print.Arguments[0]).Value);
        Assert.NotSame(sum.Left, sum.Right);
        Assert.Equal(TreeShape.Of(sum.Left), TreeShape.Of(sum.Right));
    }

    [Fact]
    public void A_macro_of_a_builtins_name_takes_its_place_where_it_fits()
    {
        ScriptTree tree = MacroExpander.Expand(Scripts.Parse("macro comm(x) { x }\nbegin { print(comm); print(comm(1)); }"), []);
        Assert.Equal("begin {\n    print(comm);\n    print({\n        1\n    });\n}\n", ScriptPrinter.Print(tree));
    }

    [Theory]
    [InlineData("macro m() { @x++ }\nbegin { m() }",
        "stdin:1:13-15: ERROR: the map @x was not given to the macro\nmacro m() { @x++ }\n            ~~\n"
        + "HINT: a macro reaches maps only as arguments: macro name(@a) { @a++ }\n"
        + "stdin:2:9-12: ERROR: expanded from the macro 'm'\nbegin { m() }\n        ~~~")]
    [InlineData("macro m($x) { $x++ }\nbegin { m(1) }",
        "stdin:2:11-12: ERROR: the macro 'm' needs a variable here, for $x\nbegin { m(1) }\n          ~\nHINT: the nearest is at stdin:1:1-12: m($x)")]
    [InlineData("macro m(@x) { @x++ }\nbegin { m($x) }",
        "stdin:2:11-13: ERROR: the macro 'm' needs a map here, for @x\nbegin { m($x) }\n          ~~\nHINT: the nearest is at stdin:1:1-12: m(@x)")]
    [InlineData("macro m(a, b) { a }\nbegin { m(1) }",
        "stdin:2:9-13: ERROR: no macro 'm' takes 1 arguments\nbegin { m(1) }\n        ~~~~\nHINT: the nearest is at stdin:1:1-14: m(a, b)")]
    [InlineData("macro a() { b() } macro b() { a() }\nbegin { a() }",
        "stdin:1:31-34: ERROR: the macro 'a' comes to itself: a > b > a\nmacro a() { b() } macro b() { a() }\n                              ~~~\n"
        + "stdin:1:13-16: ERROR: expanded from the macro 'b'\nmacro a() { b() } macro b() { a() }\n            ~~~\n"
        + "stdin:2:9-12: ERROR: expanded from the macro 'a'\nbegin { a() }\n        ~~~")]
    [InlineData("macro m(a) { 1 } macro m(b) { 2 }",
        "stdin:1:18-28: ERROR: the macro 'm' is already defined for such arguments\nmacro m(a) { 1 } macro m(b) { 2 }\n                 ~~~~~~~~~~\nHINT: at stdin:1:1-11")]
    [InlineData("macro m(a) { a }\nbegin { m(typeof(int8)) }",
        "stdin:1:14-15: ERROR: 'a' is a type here, and a value is needed\nmacro m(a) { a }\n             ~\n"
        + "stdin:2:9-24: ERROR: expanded from the macro 'm'\nbegin { m(typeof(int8)) }\n        ~~~~~~~~~~~~~~~")]
    [InlineData("#define A unsigned int\nbegin { print(A) }",
        "stdin:2:15-16: ERROR: 'A' has no value that is an expression\nbegin { print(A) }\n              ~\nHINT: it is defined at stdin:1:1-23")]
    [InlineData("#define A B\n#define B A\nbegin { print(A) }",
        "stdin:2:11-12: ERROR: the macro 'A' comes to itself: A > B > A\n#define B A\n          ~\nstdin:1:11-12: ERROR: expanded from the macro 'B'\n#define A B\n          ~\n"
        + "stdin:3:15-16: ERROR: expanded from the macro 'A'\nbegin { print(A) }\n              ~")]
    public void What_a_macro_can_not_do(string script, string error) => Assert.Equal(error, Error(script));

    [Fact]
    public void Macros_that_double_each_other_come_to_an_end()
    {
        string script = "macro m0(x) { x + x }\n" + string.Concat(Enumerable.Range(1, 40).Select(static i => $"macro m{i}(x) {{ m{i - 1}(x) + m{i - 1}(x) }}\n")) + "begin { m40(1) }";
        Assert.Contains("ERROR: macros bring more than 500000 nodes into the script", Error(script), StringComparison.Ordinal);
        string constants = "#define A0 1\n" + string.Concat(Enumerable.Range(1, 40).Select(static i => $"#define A{i} A{i - 1} + A{i - 1}\n")) + "begin { print(A40) }";
        Assert.Contains("ERROR: macros bring more than 500000 nodes into the script", Error(constants), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_macros_is_no_recursion_without_end()
    {
        string script = "macro m0() { 1 }\n" + string.Concat(Enumerable.Range(1, 20_000).Select(static i => $"macro m{i}() {{ m{i - 1}() }}\n")) + "begin { m20000() }";
        Assert.StartsWith("stdin:", Error(script), StringComparison.Ordinal);
        Assert.Contains("ERROR: more than 50 macros within each other", Error(script), StringComparison.Ordinal);
    }

    [Fact]
    public void High_arguments_in_high_macros_have_a_bound()
    {
        string high = string.Concat(Enumerable.Repeat(" + 1", 400));
        string script = $"macro m(x) {{ x{high} }}\nbegin {{ print(m(m(m(1)))); }}";
        Assert.Contains("levels", Error(script), StringComparison.Ordinal);
    }
}
