using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ScriptErrorTests
{
    [Theory]
    [InlineData("begin { $x = 1 + }", "1:18-19: ERROR: an expression expected, but '}' found")]
    [InlineData("begin { $x = (1 }", "1:17-18: ERROR: ',' or ')' expected, but '}' found")]
    [InlineData("begin { f(1 2) }", "1:13-14: ERROR: ',' or ')' expected, but '2' found")]
    [InlineData("begin { f(1,) }", "1:13-14: ERROR: an expression expected, but ')' found")]
    [InlineData("begin { @x[] = 1 }", "1:12-13: ERROR: an expression expected, but ']' found")]
    [InlineData("begin { $x = 1 $y = 2 }", "1:16-18: ERROR: ';' or '}' expected, but '$y' found")]
    [InlineData("begin { 1", "1:10-10: ERROR: ';' or '}' expected, but the script ends")]
    [InlineData("begin", "1:6-6: ERROR: '{' expected, but the script ends")]
    [InlineData("kprobe:f /pid == 1 { 0; }", "1:20-21: ERROR: '/' behind the predicate expected, but '{' found")]
    [InlineData("begin { if (1) }", "1:16-17: ERROR: '{' expected, but '}' found")]
    [InlineData("begin { if (1) { } else 2 }", "1:25-26: ERROR: '{' or 'if' expected, but '2' found")]
    [InlineData("begin { for ($x) { } }", "1:16-17: ERROR: ':' expected, but ')' found")]
    [InlineData("begin { for ($x : $y) { } }", "1:19-21: ERROR: a map (@x) or a range (0..10) expected")]
    [InlineData("begin { for ($x : @y[1]) { } }", "1:19-24: ERROR: a loop goes over a whole map, not over a value in it")]
    [InlineData("begin { let x = 1 }", "1:13-14: ERROR: a variable ($x) expected, but 'x' found")]
    [InlineData("begin { let $x: = 1 }", "1:17-18: ERROR: a type expected, but '=' found")]
    [InlineData("begin { let $x: struct = 1 }", "1:24-25: ERROR: the name of the struct expected, but '=' found")]
    [InlineData("begin { let $x: int[a] = 1 }", "1:21-22: ERROR: a number or ']' expected, but 'a' found")]
    [InlineData("begin { 5++ }", "1:9-10: ERROR: only variables and maps can be incremented and decremented")]
    [InlineData("begin { ++5 }", "1:9-12: ERROR: only variables and maps can be incremented and decremented")]
    [InlineData("begin { $x = &5 }", "1:14-16: ERROR: only variables and whole maps have an address")]
    [InlineData("begin { (1, 0) = 0 }", "1:9-15: ERROR: only variables and maps can be assigned")]
    [InlineData("begin { $x.0 = 0 }", "1:9-13: ERROR: the parts of a tuple, a record or a struct can not be assigned")]
    [InlineData("begin { (a = 1, a = 2) }", "1:17-18: ERROR: a second element 'a'")]
    [InlineData("begin { $x.99999999999 }", "1:12-23: ERROR: no tuple has 99999999999 elements")]
    [InlineData("begin { $0 }", "1:9-11: ERROR: '$0' is no parameter")]
    [InlineData("begin { import \"x\"; }", "1:9-15: ERROR: an import inside of a block")]
    [InlineData("begin { print(\"a\\q\") }", "1:17-19: ERROR: '\\q' is no escape sequence")]
    [InlineData("begin { print(\"a\0b\") }", "1:17-18: ERROR: a byte of zero ends a text: it can not stand in one")]
    [InlineData("begin { print(\"a\\\0\") }", "1:18-19: ERROR: a byte of zero ends a text: it can not stand in one")]
    [InlineData("begin { (typeof($x)) }", "1:22-23: ERROR: an expression expected, but '}' found")]
    [InlineData("}", "1:1-2: ERROR: a probe expected, but '}' found")]
    [InlineData("macro", "1:6-6: ERROR: the name of the macro expected, but the script ends")]
    [InlineData("macro f(1) { }", "1:9-10: ERROR: a parameter ($x, @x or x) expected, but '1' found")]
    [InlineData("macro f($a, $a) { }", "1:13-15: ERROR: a second parameter '$a'")]
    [InlineData("macro f(pid) { }", "1:9-12: ERROR: 'pid' is a builtin, so a parameter can not have its name")]
    [InlineData("let $a = 1;", "1:5-7: ERROR: a variable outside of a probe")]
    [InlineData("let @a = hash();", "1:15-16: ERROR: the most entries that the map may hold expected, but ')' found")]
    [InlineData("fn f() { }", "1:8-9: ERROR: ':' and the type that the function returns expected, but '{' found")]
    [InlineData("config = { a }", "1:14-15: ERROR: '=' expected, but '}' found")]
    [InlineData("config = { a = -1 }", "1:16-17: ERROR: a string, a number, true, false or a word expected, but '-' found")]
    [InlineData("config = { a = 1 b = 2 }", "1:18-19: ERROR: ';' or '}' expected, but 'b' found")]
    [InlineData("config = { } config = { }", "1:14-20: ERROR: a second config block")]
    [InlineData("begin { } config = { }", "1:11-17: ERROR: the config block must stand before probes, macros, functions and maps")]
    [InlineData("begin { } import \"a\";", "1:11-17: ERROR: an import must stand before probes, macros, functions and maps")]
    [InlineData("import \"a\"", "1:11-11: ERROR: ';' expected, but the script ends")]
    public void A_syntax_error_has_a_place(string text, string error) => Assert.StartsWith($"stdin:{error}\n", Scripts.Error(text), StringComparison.Ordinal);

    [Fact]
    public void Each_part_tells_its_error_and_the_next_is_read()
    {
        string message = Scripts.Error("""
            macro m( { 1 }
            kprobe:f { $x = ; if (1) { 2 } }
            kprobe:g { $y = 1 }
            kprob:h { 1 }
            kprobe:i { f( }
            """);
        Assert.Equal("""
            stdin:1:10-11: ERROR: a parameter ($x, @x or x) expected, but '{' found
            macro m( { 1 }
                     ~
            stdin:2:17-18: ERROR: an expression expected, but ';' found
            kprobe:f { $x = ; if (1) { 2 } }
                            ~
            stdin:4:1-8: ERROR: 'kprob' is no kind of probe
            kprob:h { 1 }
            ~~~~~~~
            HINT: did you mean kprobe?
            stdin:5:15-16: ERROR: an expression expected, but '}' found
            kprobe:i { f( }
                          ~
            """, message);
    }

    [Fact]
    public void There_is_an_end_to_errors()
    {
        var e = Assert.Throws<ScriptException>(() => Scripts.Parse(string.Concat(Enumerable.Repeat("kprobe:f { ) }\n", 100))));
        Assert.Equal(20, e.Diagnostics.Count);
        Assert.IsType<ScriptDiagnostic[]>(e.Diagnostics);
        Assert.IsType<ScriptDiagnostic[]>(new ScriptException([e.Diagnostics[0]]).Diagnostics);
    }

    [Theory]
    [InlineData("(", ")", 100, true)]
    [InlineData("(", ")", 250, false)]
    [InlineData("{ ", " }", 100, true)]
    [InlineData("{ ", " }", 250, false)]
    [InlineData("-(", ")", 90, true)]
    [InlineData("-(", ")", 250, false)]
    [InlineData("f(", ")", 100, true)]
    [InlineData("@x[", "]", 250, false)]
    [InlineData("(uint8)", "", 250, false)]
    [InlineData("comptime ", "", 250, false)]
    [InlineData("sizeof(typeof(", "))", 250, false)]
    [InlineData("1 ? ", " : 2", 250, false)]
    public void Nesting_has_a_bound(string open, string close, int levels, bool isRead)
    {
        string text = $"begin {{ $x = {string.Concat(Enumerable.Repeat(open, levels))}1{string.Concat(Enumerable.Repeat(close, levels))}; }}";
        if (isRead)
            Scripts.Parse(text);
        else
            Assert.Contains("ERROR: more than 200 levels of nesting", Scripts.Error(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", " + 1")]
    [InlineData("$x", ".a")]
    [InlineData("$x", "[1]")]
    [InlineData("$x == 1 ? 2 : ", "$x == 1 ? 2 : ", "3")]
    [InlineData("if (1) { 1 }", " else if (1) { 1 }")]
    [InlineData("(int8", "*", ")1")]
    public void Rows_are_long_but_not_without_end(string first, string next, string last = "")
    {
        Scripts.Expression(first + string.Concat(Enumerable.Repeat(next, 400)) + last);
        Assert.Contains("ERROR: an expression of more than 500 levels",
            Scripts.Error($"begin {{ $v = {first}{string.Concat(Enumerable.Repeat(next, 100_000))}{last}; }}"), StringComparison.Ordinal);
    }
}
