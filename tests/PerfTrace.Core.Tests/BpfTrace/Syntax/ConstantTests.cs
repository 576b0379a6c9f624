using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ConstantTests
{
    private static string Fold(string text, ScriptOptions? options = null)
    {
        ReadScript read = ScriptReader.Read(new ScriptSource("stdin", $"begin {{ $v = {text}; }}"), options ?? ScriptOptions.Default);
        return TreeShape.Of(((AssignStatement)read.Tree.Probes[0].Body.Statements[0]).Value);
    }

    private static string Error(string script, ScriptOptions? options = null) =>
        Assert.Throws<ScriptException>(() => ScriptReader.Read(new ScriptSource("stdin", script), options ?? ScriptOptions.Default)).Message;

    private static string Integer(Int128 value) => value < 0 ? $"Integer({unchecked((ulong)(long)value)} True)" : $"Integer({value})";

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("-5", -5)]
    [InlineData("-0", 0)]
    [InlineData("1 - 2", -1)]
    [InlineData("-1 + 1", 0)]
    [InlineData("7 / 2", 3)]
    [InlineData("-7 / 2", -3)]
    [InlineData("-7 % 3", -1)]
    [InlineData("7 % 3", 1)]
    [InlineData("1 << 10", 1024)]
    [InlineData("-1 << 4", -16)]
    [InlineData("-16 >> 2", -4)]
    [InlineData("1024 >> 9", 2)]
    [InlineData("6 & 3", 2)]
    [InlineData("-1 & 0xff", 255)]
    [InlineData("-2 | 1", -1)]
    [InlineData("6 ^ 3", 5)]
    [InlineData("-(-5)", 5)]
    [InlineData("9223372036854775807 + 0", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("-9223372036854775808 + 0", long.MinValue)]
    [InlineData("1e3 + 5us", 6000)]
    [InlineData("\"abc\"[1]", 98)]
    [InlineData("(1, 2).1", 2)]
    [InlineData("(a = 1, b = 2).a", 1)]
    [InlineData("true ? 2 : 3", 2)]
    [InlineData("1 > 2 ? 2 : 3", 3)]
    [InlineData("0 ?: 3", 3)]
    [InlineData("5 ?: 3", 5)]
    [InlineData("{ 4 }", 4)]
    [InlineData("comptime (1 + 2)", 3)]
    [InlineData("if comptime (1 == 1) { 2 } else { f() }", 2)]
    [InlineData("if (comptime 0) { f() } else { 3 }", 3)]
    public void Integers_are_computed(string text, long value) => Assert.Equal(Integer(value), Fold(text));

    [Theory]
    [InlineData("~0", ulong.MaxValue)]
    [InlineData("~-1", 0UL)]
    [InlineData("0xffffffffffffffff + 0", ulong.MaxValue)]
    [InlineData("0xffffffffffffffff - 1", ulong.MaxValue - 1)]
    [InlineData("0xffffffffffffffff >> 60", 15UL)]
    [InlineData("-1 + 0xffffffffffffffff", ulong.MaxValue - 1)]
    [InlineData("1 << 63", 1UL << 63)]
    [InlineData("0x8000000000000000 * 1", 1UL << 63)]
    public void Large_ones_are_unsigned(string text, ulong value) => Assert.Equal(Integer(value), Fold(text));

    [Theory]
    [InlineData("1 < 2", "Boolean(True)")]
    [InlineData("-1 > 0xffffffffffffffff", "Boolean(False)")]
    [InlineData("1 == 1 && 0", "Boolean(False)")]
    [InlineData("0 || -1", "Boolean(True)")]
    [InlineData("!5", "Boolean(False)")]
    [InlineData("!false", "Boolean(True)")]
    [InlineData("\"a\" == \"a\"", "Boolean(True)")]
    [InlineData("\"a\" < \"b\"", "Boolean(True)")]
    [InlineData("\"a\" != \"a\"", "Boolean(False)")]
    [InlineData("(1, \"a\") == (1, \"a\")", "Boolean(True)")]
    [InlineData("(1, (2,)) != (1, (3,))", "Boolean(True)")]
    [InlineData("\"ab\" + \"cd\"", "String(abcd)")]
    [InlineData("\"abcd\" + 1", "String(bcd)")]
    [InlineData("\"abcd\" + 9", "String()")]
    [InlineData("str(5)", "String(5)")]
    [InlineData("str(-5)", "String(-5)")]
    [InlineData("str(\"abc\", 2)", "String(ab)")]
    [InlineData("sizeof(1) == 1 ? 1 : 1 + 1", "If(Binary(Sizeof(Typeof(Integer(1))) Equal Integer(1)) Integer(1) Integer(2))")]
    [InlineData("1 == 2 ? f() : g()", "If(Boolean(False) Call(f []) Call(g []))")]
    [InlineData("(f(), 1).1", "TupleAccess(Tuple([Call(f []) Integer(1)]) 1)")]
    [InlineData("str($x)", "Call(str [Scratch($x)])")]
    [InlineData("$x + (1 + 2)", "Binary(Scratch($x) Add Integer(3))")]
    [InlineData("1 == \"a\"", "Binary(Integer(1) Equal String(a))")]
    [InlineData("-1 & 0xffffffffffffffff", "Binary(Integer(18446744073709551615 True) BitwiseAnd Integer(18446744073709551615))")]
    [InlineData("if comptime f() { 1 } else { 2 }", "If(Comptime(Call(f [])) Integer(1) Integer(2))")]
    [InlineData("pid + tid()", "Binary(Builtin(pid 0) Add Builtin(tid 0))")]
    [InlineData("arg3", "Builtin(arg 3)")]
    [InlineData("nsecs(boot)", "Call(nsecs [Identifier(boot)])")]
    public void Other_values(string text, string shape) => Assert.Equal(shape, Fold(text));

    [Theory]
    [InlineData("1 / 0", "1:18-19: ERROR: a division by 0")]
    [InlineData("1 % (1 - 1)", "1:19-24: ERROR: a division by 0")]
    [InlineData("1 << 64", "1:19-21: ERROR: a shift by 64: only 0 to 63 bits can be shifted")]
    [InlineData("1 >> -1", "1:19-21: ERROR: a shift by -1: only 0 to 63 bits can be shifted")]
    [InlineData("0xffffffffffffffff + 1", "1:14-36: ERROR: the value does not fit in 64 bits")]
    [InlineData("0xffffffffffffffff * 0xffffffffffffffff", "1:14-53: ERROR: the value does not fit in 64 bits")]
    [InlineData("-9223372036854775808 - 1", "1:14-38: ERROR: the value does not fit in 64 bits")]
    [InlineData("-9223372036854775809", "1:14-34: ERROR: the value does not fit in 64 bits")]
    [InlineData("-9223372036854775808 * 0xffffffffffffffff", "1:14-55: ERROR: the value does not fit in 64 bits")]
    public void What_can_not_be_computed(string text, string error) => Assert.StartsWith($"stdin:{error}\n", Error($"begin {{ $v = {text}; }}"), StringComparison.Ordinal);

    [Fact]
    public void A_statement_keeps_no_value_of_a_block()
    {
        ReadScript read = ScriptReader.Read(new ScriptSource("x", "macro m(a) { a }\nbegin { m(f()); if comptime 1 { g() } while (1) { { 1 } } }"), ScriptOptions.Default);
        Assert.Equal(
            "Block([Expression(Block([Expression(Call(f []))])) Expression(Block([Expression(Call(g []))])) While(Integer(1) Block([Expression(Block([Expression(Integer(1))]))]))])",
            TreeShape.Of(read.Tree.Probes[0].Body));
    }

    [Fact]
    public void Nested_choices_are_looked_at_once()
    {
        string text = string.Concat(Enumerable.Repeat("if comptime (", 60)) + "f()" + string.Concat(Enumerable.Repeat(") { 1 } else { 2 }", 60));
        Assert.StartsWith("If(Comptime(If(Comptime(", Fold(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Positional_parameters_take_their_place()
    {
        var options = new ScriptOptions { Parameters = ["42", "hello", "-3", "0x10"] };
        Assert.Equal("Tuple([Integer(42) String(hello) Integer(18446744073709551613 True) Integer(16) Integer(4)])", Fold("($1, $2, $3, $4, $#)", options));
        Assert.Equal("Tuple([String(42) String(ello) String(he)])", Fold("(str($1), str($2 + 1), str($2, 2))", options));
        Assert.Equal("Tuple([String() Integer(0)])", Fold("(str($9), $9)", options));
        ReadScript read = ScriptReader.Read(new ScriptSource("stdin", "begin { print($2) }"), ScriptOptions.Default);
        Assert.Equal("stdin:1:15-17: WARNING: the parameter $2 was not given: it is 0\nbegin { print($2) }\n              ~~", Assert.Single(read.Warnings).ToString());
    }

    [Fact]
    public void Named_parameters_take_their_place()
    {
        const string All = "(getopt(\"aa\", 10, \"how many\"), getopt(\"bb\", -1), getopt(\"cc\"), getopt(\"dd\", true), getopt(\"ee\", \"x\"))";
        Assert.Equal("Tuple([Integer(10) Integer(18446744073709551615 True) Boolean(False) Boolean(True) String(x)])", Fold(All));
        var options = new ScriptOptions { NamedParameters = new Dictionary<string, string?> { ["aa"] = "0x14", ["bb"] = "-5", ["cc"] = null, ["dd"] = "False", ["ee"] = "bye" } };
        Assert.Equal("Tuple([Integer(20) Integer(18446744073709551611 True) Boolean(True) Boolean(False) String(bye)])", Fold(All, options));
    }

    [Theory]
    [InlineData("getopt(\"a\", 1)", "a", "x", "the parameter 'a' must be a number, not 'x'")]
    [InlineData("getopt(\"a\")", "a", "maybe", "the parameter 'a' must be true or false, not 'maybe'")]
    [InlineData("getopt(\"a\", \"x\")", "a", null, "the parameter 'a' needs a value")]
    [InlineData("getopt(\"abcd\")", "abce", "1", "the script asks for no parameter 'abce'")]
    [InlineData("getopt(1)", "", null, "getopt needs a name between quotes, a default value and a description")]
    [InlineData("getopt(\"a\", pid)", "", null, "the default value of a parameter must be a number, a text between quotes, true or false")]
    [InlineData("getopt(\"a\", 1, 2)", "", null, "the description of a parameter must be a text between quotes")]
    [InlineData("getopt(\"a\", 1) + getopt(\"a\", 2)", "", null, "the parameter 'a' has another default value elsewhere")]
    public void What_is_no_named_parameter(string text, string name, string? value, string error)
    {
        var named = new Dictionary<string, string?>();
        if (name.Length > 0)
            named[name] = value;
        Assert.Contains($"ERROR: {error}\n", Error($"begin {{ $v = {text}; }}", new ScriptOptions { NamedParameters = named }), StringComparison.Ordinal);
    }
}
