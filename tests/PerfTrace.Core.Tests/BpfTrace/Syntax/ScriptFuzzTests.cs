using System.Diagnostics;
using System.Globalization;
using System.Text;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

/// <summary>Scripts of every kind, mutated, and hostile ones: the answer is a tree or the one exception, and it comes soon.</summary>
public sealed class ScriptFuzzTests
{
    private const int Seed = 20261121;

    private static readonly string[] Seeds =
    [
        "kprobe:vfs_read /pid == $1/ { @start[tid] = nsecs; }",
        "#!/usr/bin/env bpftrace\n#ifndef BPFTRACE_HAVE_BTF\n#include <linux/fs.h>\n#else\n#define A 2\n#endif\nstruct a { int x : 3; struct { char b[4]; }; }\nBEGIN { }",
        "kretprobe:vfs_read /@start[tid]/ { @ns[comm, str($2)] = hist(nsecs - @start[tid]); delete(@start, tid); }",
        "tracepoint:syscalls:sys_enter_open* , t:raw_syscalls:* { printf(\"%s %d\\n\", str(args.filename), (uint64)args->flags & 0xff); }",
        "config = { max_strlen = 64; stack_mode = perf } import \"a.bt\"; let @a = hash(100); macro m($a, @b, c) { $a += c; @b }",
        "begin { for ($i : 0..10) { if ($i == 5) { break; } else if ($i > 7) { continue } else { return 1; } } while (1) { unroll (2) { $x++; } } }",
        "uprobe:\"/bin/a b\":cpp:\"A::f\"+0x10 { $x = (struct foo *)arg0; $y = $x.a->b[1].0; @ = ($y, (a = 1, b = sizeof(struct foo*[4])), &$x, ~-!*$x); }",
        "fn f($a: uint64): typeof($b) { let $x: int8[4] = ({ 1 } ? 2 ?: 3 : offsetof(typeof($x), a.b)); _ = comptime $#; }",
        "#define A (B+1)\n#define B 2\nmacro m($a, @b, c) { $a += c; @b = c; { c } } macro n(x) { x + x / x }\nbegin { m($x, @y, A << 3); print(n(n(2)), getopt(\"x\", -1), str($1, 1)); }",
        "interval:s:1e3, profile:hz:99, software:faults:100, watchpoint:0x10:8:rw, iter:task:pin { exit() } /* end */",
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "(", ")", "[", "]", "$", "@", "/", "\"", "\\", "#", "#if 1\n", "#else\n", "#endif\n", "/*", "*/", "//", ":", ";", ",", ".", "..", "->", "?", "=", "==",
        "++", "-", "*", "&", "<<=", "0x", "1e9", "99999999999999999999", "struct ", "typeof(", "sizeof(", "if ", "else ", "for ", "let ", "fn ", "macro ", "config = {",
        "\0", "é", "\uD800", "\U0001F600", "\r\n", " ", "$1", "$x", "@y[", "(uint8)", "enum {", "typedef ", "#define A ", "__attribute__((", "comptime ", "_ = ",
    ];

    [Fact]
    public void Mutated_scripts_are_read_or_refused_by_the_one_exception()
    {
        var random = new Random(Seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = Mutate(random);
            if (IsRead(text))
                read++;
        }
        Assert.InRange(read, 500, 19_000);
    }

    [Fact]
    public void Noise_is_refused_by_the_one_exception()
    {
        var random = new Random(Seed + 1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            IsRead(i % 2 == 0 ? Encoding.Latin1.GetString(bytes) : string.Concat(bytes.Select(b => Pieces[b % Pieces.Length])));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("{")]
    [InlineData("[")]
    [InlineData("}")]
    [InlineData("\"")]
    [InlineData("/*")]
    [InlineData("/")]
    [InlineData("-")]
    [InlineData("#if 1\n")]
    [InlineData("#if 0\n")]
    [InlineData("#define A(\n")]
    [InlineData("#define A A+A\n")]
    [InlineData("begin{")]
    [InlineData("begin,")]
    [InlineData("begin {} ")]
    [InlineData("begin { f(")]
    [InlineData("begin { $x = (typeof(")]
    [InlineData("begin { (a*")]
    [InlineData("begin { (a[1]")]
    [InlineData("begin { sizeof(a[1]")]
    [InlineData("begin { if (1) {} else ")]
    [InlineData("begin { $x = 1 ? ")]
    [InlineData("begin { @x[1,")]
    [InlineData("begin { 1+")]
    [InlineData("begin { $x.a")]
    [InlineData("begin { \"\\")]
    [InlineData("struct a { struct b {")]
    [InlineData("struct a { int x[1]")]
    [InlineData("enum { A, B = A + ")]
    [InlineData("kprobe:f/")]
    [InlineData("uprobe:/:/@")]
    [InlineData("$1")]
    [InlineData("kprobe:\"\\")]
    [InlineData("*:/")]
    [InlineData("macro m($a) { $a } ")]
    [InlineData("config = { a = 1; ")]
    [InlineData("1e9")]
    [InlineData("9")]
    public void A_megabyte_of_anything_is_answered_soon(string piece)
    {
        string repeated = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        foreach (string text in (string[])[repeated, $"begin {{ $x = {repeated}"])
        {
            var clock = Stopwatch.StartNew();
            IsRead(text);
            // Linear it takes well below a second; what is quadratic takes minutes.
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
    }

    [Theory]
    [InlineData("macro m(", "$a{0},", "$b) { }")]
    [InlineData("macro m(", "a{0},", "b) { }")]
    [InlineData("", "macro m{0}() { 1 } ", "")]
    [InlineData("", "macro m(a) { 1 } ", "")]
    [InlineData("", "let @a{0} = hash(1); ", "")]
    [InlineData("", "let @a = hash(1); ", "")]
    [InlineData("", "let @a = hsh{0}(1); ", "")]
    [InlineData("config = {", "a{0} = 1;", "}")]
    [InlineData("enum e {", "A{0},", "}")]
    [InlineData("struct s {", "int a{0};", "}")]
    [InlineData("", "#define A{0} 1\n", "begin { print(A1) }")]
    [InlineData("begin { $x = (", "a{0} = 1,", "b = 2); }")]
    [InlineData("begin { ", "print(getopt(\"a{0}\"));", " }")]
    [InlineData("", "import \"a{0}.bt\";", "")]
    [InlineData("begin", ",kprobe:f{0}", " { }")]
    public void A_megabyte_of_different_names_is_answered_soon(string first, string each, string last)
    {
        string text = first + string.Concat(Enumerable.Range(0, 1_000_000 / each.Length).Select(i => each.Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))) + last;
        var clock = Stopwatch.StartNew();
        IsRead(text);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_long_script_is_read()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"kprobe:f{i} /pid == {i}/ {{ @[comm, {i}] = count(); }}\n"));
        Assert.InRange(text.Length, 1_000_000, 2_000_000);
        var clock = Stopwatch.StartNew();
        ScriptTree tree = Scripts.Parse(text);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(20_000, tree.Probes.Count);
    }

    private static string Mutate(Random random)
    {
        var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
        for (int edits = random.Next(1, 6); edits > 0; edits--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(5))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                case 2: text.Insert(at, text.ToString(at, length)); break;
                case 3 when at < text.Length: text[at] = (char)random.Next(1, 128); break;
                default: text.Insert(at, Seeds[random.Next(Seeds.Length)]); break;
            }
        }
        return text.ToString();
    }

    // What is read can be printed, and that is read again.
    private static bool IsRead(string text)
    {
        var options = new ScriptOptions { Parameters = ["1", "a:b"] };
        ScriptTree tree;
        try
        {
            tree = Scripts.Parse(text, options);
        }
        catch (ScriptException e)
        {
            Assert.NotEmpty(e.Message);
            Assert.All(e.Diagnostics, d => Assert.InRange(d.Span.End, d.Span.Start, d.Span.Source.Text.Length));
            return false;
        }
        string printed = ScriptPrinter.Print(tree);
        Assert.Equal(printed, ScriptPrinter.Print(Scripts.Parse(printed, options)));
        try
        {
            ScriptPrinter.Print(ScriptReader.Read(tree.Source, options).Tree);
        }
        catch (ScriptException e)
        {
            Assert.NotEmpty(e.Message);
        }
        return true;
    }
}
