using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ScriptPrinterTests
{
    [Fact]
    public void A_script_has_one_form()
    {
        string printed = ScriptPrinter.Print(Scripts.Parse("""
            #!/usr/bin/env bpftrace
            #define N 0x10 /* many */
            struct a { int x,y[2]; struct { u8 b : 3; }; int (*f)(void); } __attribute__((packed));
            enum { A, B = 5 };
            typedef unsigned long u64;
            config = {max_strlen=64}
            import "x.bt";
            let @c = lruhash(1e3)
            macro m($a,@b,c) { $a+=1; if(c){2}; }
            fn f($x : struct a*) : void { return }
            t:sched:* ,k:f/(@x[1,"a\n"]+2)*-3>=$1/{ let $y:int8=(uint8)args->a.0;if($y){print((1,))}else if(2){}else{f(a=1)?1:-(-2);};for($i:0..5){break}_=1 }
            BEGIN { while(1){$x++;} unroll(2) { } for $kv : @c { @["q"] -= sizeof(struct a*); } { 1 } }
            """.Replace("f(a=1)", "f((a=1))", StringComparison.Ordinal)));
        Assert.Equal("""
            #define N 0x10
            struct a {
                int x;
                int y[2];
                struct {
                    u8 b : 3;
                };
                void *f;
            } __attribute__((packed));
            enum {
                A = 0,
                B = 5,
            };
            typedef unsigned long u64;
            config = {
                max_strlen = 64;
            }
            import "x.bt";
            let @c = lruhash(1000);
            macro m($a, @b, c) {
                $a += 1;
                if (c) {
                    2;
                };
            }
            fn f($x: struct a*): void {
                return;
            }
            t:sched:*,
            k:f /(@x[1, "a\n"] + 2) * -3 >= $1/ {
                let $y: int8 = (uint8)args.a.0;
                if ($y) {
                    print((1,));
                } else if (2) { } else {
                    f((a = 1)) ? 1 : -(-2);
                }
                for ($i : 0..5) {
                    break;
                }
                _ = 1;
            }
            BEGIN {
                while (1) {
                    $x++;
                }
                unroll (2) { }
                for ($kv : @c) {
                    @["q"] -= sizeof(struct a*);
                }
                {
                    1;
                }
            }

            """, printed);
    }

    [Theory]
    [InlineData("(1 + 2) * 3")]
    [InlineData("1 - (2 - 3)")]
    [InlineData("-(-$x)")]
    [InlineData("-(--$x)")]
    [InlineData("- -1 - -1")]
    [InlineData("(1 ? 2 : 3) ? (4 ? 5 : 6) : 7 ? 8 : 9")]
    [InlineData("(1 ?: 2) + 3")]
    [InlineData("1 ? { 2 } : 3")]
    [InlineData("1 ? { 2 } : if (3) { 4 } else { 5 }")]
    [InlineData("1 ? { 2 } : 3 ? 4 : 5")]
    [InlineData("(if (1) { 2 } else { 3 }).0")]
    [InlineData("({ 1 })[0]")]
    [InlineData("-{ 1 }")]
    [InlineData("{ if (1) { 2 }; }")]
    [InlineData("{ if (1) { 2 } }")]
    [InlineData("{ { 2 }; }")]
    [InlineData("{ $x = { 1 }; if (1) { if (2) { 3 } } $x }")]
    [InlineData("(a)*$b")]
    [InlineData("(a * $b)[1]")]
    [InlineData("((a)-$b)")]
    [InlineData("(*(struct a *)$x).b")]
    [InlineData("((uint8)$x).b")]
    [InlineData("(@x)[1]")]
    [InlineData("@x[(1, 2)][3]")]
    [InlineData("@x[(1,)]")]
    [InlineData("@x[()]")]
    [InlineData("sizeof((a))")]
    [InlineData("sizeof((a)[1])")]
    [InlineData("sizeof(a[1])")]
    [InlineData("sizeof(pid[1])")]
    [InlineData("(typeof((a)[1]))$x")]
    [InlineData("f(typeof($x), typeof(a), typeof((a)))")]
    [InlineData("(comptime 1).a")]
    [InlineData("comptime (1 + 2)")]
    [InlineData("$x++ + ++$x - -- $x")]
    [InlineData("0x1F + 1_0 + 5ms + 1UL")]
    [InlineData("\"\\x00\\xff\\\"\\\\é\\t\"")]
    [InlineData("offsetof((a)[1], b.c)")]
    public void What_is_printed_is_read_as_the_same(string text)
    {
        string script = $"begin {{ $v = {text}; }}";
        ScriptTree tree = Scripts.Parse(script);
        string printed = ScriptPrinter.Print(tree);
        ScriptTree again = Scripts.Parse(printed);
        Assert.Equal(TreeShape.Of(tree), TreeShape.Of(again));
        Assert.Equal(printed, ScriptPrinter.Print(again));
    }

    [Theory]
    [InlineData("kprobe:f /(1 / { 2 } + 3)/ { }")]
    [InlineData("*ware:*,begin /a/ { }")]
    [InlineData("#define A { 1 }\nbegin { }")]
    [InlineData("#define F(x) x\nbegin { }")]
    [InlineData("struct a { int (*p)[4]; int *q[4]; int r[2][3]; void **s; int : 3; char t[]; } __attribute__((aligned(8)));")]
    [InlineData("macro a() { if (1) { 2 } } macro b { if (1) { 2 }; } macro c() { }")]
    public void Parts_are_read_as_the_same(string script)
    {
        ScriptTree tree = Scripts.Parse(script);
        Assert.Equal(TreeShape.Of(tree), TreeShape.Of(Scripts.Parse(ScriptPrinter.Print(tree))));
    }
}
