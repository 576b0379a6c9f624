using System.Globalization;
using System.Text;
using PerfTrace.BpfTrace;
using PerfTrace.Tests.Support;
using PerfTrace.Tests.Tracing.Probes;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>What programs hand over to scripts: arguments by name, those of USDT probes, variables.</summary>
public sealed class UserProbeTests : IDisposable
{
    private const string Source = """
        struct inner { int low : 4; int high : 12; };
        enum color { RED, GREEN = 5 };
        struct point { int x; short y; char name[8]; struct point *next; struct inner bits; union { long whole; char first; }; };
        volatile long shared = 41;
        static volatile short hidden = -7;
        __attribute__((noipa)) int take(int a, unsigned char b, struct point *p, enum color c, const char *text, long f, long on_stack, short last)
        { return a + b + p->x + c + text[0] + f + on_stack + last + hidden; }
        __attribute__((noipa)) double mixed(int first, double middle, int second) { return first + middle + second; }
        int main(void)
        {
            // What no one has read yet may not be in memory, and a probe does not wait for it.
            const char *volatile text = "hello";
            shared += text[0];
            shared -= text[0];
            struct point end = { 3, -4, "end", 0, { -1, 9 }, { 258 } }, start = { 1, 2, "start", &end, { 2, 3 }, { 5 } };
            shared += take(-5, 200, &start, GREEN, text, 1L << 40, 77, -3) + (int)mixed(11, 2.5, 22);
            return 0;
        }
        """;

    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    private static string Run(string script, string program)
    {
        var text = new StringBuilder();
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", script), Command = [program], Duration = TimeSpan.FromSeconds(20) });
        foreach (BpfTraceOutput output in session.Read())
            text.Append(output.Text);
        return text.ToString().TrimEnd('\n');
    }

    private string Build(params string[] options)
    {
        File.WriteAllText(_tree["points.c"], Source);
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "There is no compiler.");
        Command.Result built = Command.Run("gcc", ["-O1", .. options, _tree["points.c"], "-o", _tree["points"]]);
        Assert.True(built.ExitCode == 0, built.Error);
        return _tree["points"];
    }

    [Fact]
    public void ArgumentsHaveTheNamesAndTypesOfTheProgram()
    {
        string program = Build("-g");

        Assert.Equal("-5 200 1 2 start GREEN hello 1099511627776 77 -3", Run(
            $"uprobe:{program}:take {{ printf(\"%d %d %d %d %s %s %s %lld %lld %d\", args.a, args.b, args.p->x, args.p->y, args.p->name, args.c, str(args.text), args.f, args.on_stack, args.last); }}", program));
        Assert.Equal("3 -4 end -1 9 258 2", Run($$"""
            uprobe:{{program}}:take { $e = args.p.next; printf("%d %d %s %d %d %lld %d", $e->x, $e.y, $e.name, $e.bits.low, $e.bits.high, $e.whole, $e.first); }
            """, program));
        Assert.Equal("11 22", Run($"uprobe:{program}:mixed {{ printf(\"%d %d\", args.first, args.second); }}", program));
    }

    [Fact]
    public void WhatIsNotThereIsTold()
    {
        string program = Build("-g");

        Assert.Contains("the probe has no argument 'q'", Assert.Throws<ScriptException>(() => Run($"uprobe:{program}:take {{ print(args.q); }}", program)).Message, StringComparison.Ordinal);
        Assert.Contains("each is read by its name", Assert.Throws<ScriptException>(() => Run($"uprobe:{program}:take {{ print(args); }}", program)).Message, StringComparison.Ordinal);
        Assert.Contains("the arguments of this probe are not known",
            Assert.Throws<ScriptException>(() => Run($"uretprobe:{program}:take {{ print(args.a); }}", program)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASourceLineIsAPlace()
    {
        string program = Build("-g");
        int line = Array.FindIndex(Source.Split('\n'), static l => l.Contains("return a + b", StringComparison.Ordinal)) + 1;

        Assert.Equal("@: 1", Run($"uprobe:{program}@points.c:{line} {{ @ = count(); }}", program));
        Assert.Equal($"uprobe:{program}@{_tree["points.c"]}:{line}", Run($"uprobe:{program}@{_tree["points.c"]}:{line} {{ printf(\"%s\", probe); }}", program));
        Assert.Contains("there is no code of that line", Assert.Throws<ScriptException>(() => Run($"uprobe:{program}@points.c:9999 {{ }}", program)).Message, StringComparison.Ordinal);
        Assert.Contains("there is no code of that line", Assert.Throws<ScriptException>(() => Run($"uprobe:{program}@oints.c:{line} {{ }}", program)).Message, StringComparison.Ordinal);
        Assert.Contains("has no debug information", Assert.Throws<ScriptException>(() => Run($"uprobe:{Build()}@points.c:{line} {{ }}", program)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionsOfCppHaveTheirNamesAndOverloads()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/g++"), "There is no compiler.");
        File.WriteAllText(_tree["q.cc"], """
            #include <unistd.h>
            namespace ns {
            __attribute__((noipa)) int over(int a) { return a + 1; }
            __attribute__((noipa)) int over(double a) { return a + 2; }
            struct Box { __attribute__((noipa)) int get(const char *text) const { return text[0]; } };
            template <typename T> __attribute__((noipa)) T twice(T a) { return a + a; }
            }
            int main() { return (ns::over(1) + ns::over(2) + ns::over(2.5) + ns::Box().get("x") + ns::twice(4) + usleep(100000)) & 0; }
            """);
        Command.Result built = Command.Run("g++", ["-O1", _tree["q.cc"], "-o", _tree["q"]]);
        Assert.True(built.ExitCode == 0, built.Error);
        string program = _tree["q"];

        Assert.Equal("@: 3", Run($"uprobe:{program}:cpp:\"ns::over\" {{ @ = count(); }}", program));
        Assert.Equal("@: 2", Run($"uprobe:{program}:cpp:\"ns::over(int)\" {{ @ = count(); }}", program));
        Assert.Equal("@: 1", Run($"uprobe:{program}:cpp:\"ns::Box::get\" {{ @ = count(); }}", program));
        Assert.Equal("@: 1", Run($"uretprobe:{program}:cpp:\"ns::twice<int>\" {{ @ = count(); }}", program));
        Assert.Equal("@: 5", Run($"uprobe:{program}:cpp:\"ns::*\" {{ @ = count(); }}", program));
        Assert.Equal("ns::over(double)", Run($"uprobe:{program}:cpp:\"ns::over(double)\" {{ printf(\"%s\", usym(reg(\"ip\"))); }}", program));
        Assert.Equal("_ZN2ns4overEd", Run($"config = {{ cpp_demangle = false }} uprobe:{program}:cpp:\"ns::over(double)\" {{ printf(\"%s\", usym(reg(\"ip\"))); }}", program));
        Assert.Contains("did you mean ns::over?", Assert.Throws<ScriptException>(() => Run($"uprobe:{program}:cpp:\"ns::ovr\" {{ }}", program)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheListHasArgumentsAsCWritesThem()
    {
        string program = Build("-g");
        string[] Arguments(string kind) => [.. new BpfTraceProbes().List($"{kind}:{program}:take").Single().Arguments.Select(static a => $"{a.Type} {a.Name}")];

        Assert.Equal(["int a", "unsigned char b", "struct point * p", "enum color c", "const char * text", "long int f", "long int on_stack", "short int last"], Arguments("uprobe"));
        Assert.Equal(["int retval"], Arguments("uretprobe"));
        Assert.Empty(new BpfTraceProbes().List($"uprobe:{Build()}:take").Single().Arguments);
    }

    [Fact]
    public void WithoutDebugInformationThereAreRegisters()
    {
        string program = Build("-g0");

        Assert.Equal("-5 77", Run($"uprobe:{program}:take {{ printf(\"%d %lld\", (int32)arg0, sarg0); }}", program));
        Assert.Contains("the program has no debug information about this function",
            Assert.Throws<ScriptException>(() => Run($"uprobe:{program}:take {{ print(args.a); }}", program)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VariablesAreFoundWhereverTheProgramIsLoaded()
    {
        foreach (string option in (string[])["-fPIE", "-no-pie"])
        {
            string program = option == "-fPIE" ? Build("-fPIE", "-pie") : Build(option);
            Assert.Equal("41 -7", Run($"uprobe:{program}:take {{ printf(\"%lld %d\", *uaddr(\"shared\"), *(int16 *)uaddr(\"hidden\")); }}", program));
            Assert.Equal("41", Run($"uretprobe:{program}:take {{ printf(\"%lld\", *uaddr(\"shared\")); }}", program));
        }
    }

    [Fact]
    public void AWatchpointSeesEachWrite() => Assert.Equal("@: 5", RunAtWrites("watchpoint:0x10000000:8:w { @ = count(); }", 5, 0));

    [Fact]
    public void AWatchpointIsTakenAwayWhenTheScriptSaysSo()
    {
        string text = RunAtWrites("watchpoint:0x10000000:8:w { @ = count(); unwatch(0x10000000); }", 150, 20);

        Assert.InRange(int.Parse(text["@: ".Length..], CultureInfo.InvariantCulture), 1, 149);
    }

    [Fact]
    public void ThereMustBeAWatchpointToTakeAway()
    {
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", "begin { unwatch((uint8 *)0x1234); exit(); }") });

        ScriptDiagnostic message = Assert.IsType<ScriptDiagnostic>(Assert.Single(session.Read(), static o => o.Message is not null).Message);

        Assert.Equal((ScriptSeverity.Warning, "unwatch() finds no watchpoint at 0x1234"), (message.Severity, message.Message));
    }

    private string RunAtWrites(string script, int count, int milliseconds)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "There is no compiler.");
        File.WriteAllText(_tree["writes.c"], $$"""
            #include <sys/mman.h>
            #include <unistd.h>
            int main(void)
            {
                volatile char *place = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
                for (int i = 0; i < {{count}}; i++) {
                    place[1] = i;
                    usleep(1000 * {{milliseconds}});
                }
                return place[8] = 0;
            }
            """);
        Assert.Equal(0, Command.Run("gcc", ["-O1", _tree["writes.c"], "-o", _tree["writes"]]).ExitCode);
        try
        {
            return Run(script, _tree["writes"]);
        }
        catch (ScriptException e) when (e.Message.Contains("0x10000000", StringComparison.Ordinal))
        {
            Assert.Skip($"This machine has no breakpoints of the processor: {e.Message}");
            throw;
        }
    }

    [Fact]
    public void ArgumentsWhosePlaceIsNotKnownAreRefusedByName()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "There is no compiler.");
        File.WriteAllText(_tree["aggregates.c"], """
            struct small { int a, b; };
            struct large { long a[4]; };
            struct reals { double a, b; };
            __attribute__((noipa)) int by_value(int first, struct reals r, int last) { return first + (int)r.a + last; }
            __attribute__((noipa)) struct large make(int a) { struct large made = { { a, 2, 3, 4 } }; return made; }
            __attribute__((noipa)) double many(double a, double b, double c, double d, double e, double f, double g, double h, int before, double i, int on)
            { return a + b + c + d + e + f + g + h + i + before + on; }
            int main(void)
            {
                struct reals r = { 1, 2 };
                return (by_value(5, r, 6) + (int)make(7).a[0] + (int)many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) & 0;
            }
            """);
        string program = _tree["aggregates"];
        Assert.Equal(0, Command.Run("gcc", ["-O1", "-g", _tree["aggregates.c"], "-o", program]).ExitCode);
        string Refusal(string function, string name) => Assert.Throws<ScriptException>(() => Run($"uprobe:{program}:{function} {{ print(args.{name}); }}", program)).Message;

        Assert.Equal("5", Run($"uprobe:{program}:by_value {{ print(args.first); }}", program));
        Assert.Contains("it is not known where the argument 'last' is: that depends on the argument 'r'", Refusal("by_value", "last"), StringComparison.Ordinal);
        Assert.Contains("it is not known where the argument 'r' is", Refusal("by_value", "r"), StringComparison.Ordinal);
        Assert.Equal("9", Run($"uprobe:{program}:many {{ print(args.before); }}", program));
        Assert.Contains("that depends on the argument 'i'", Refusal("many", "on"), StringComparison.Ordinal);
        Assert.SkipWhen(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64, "There the result's place has a register of its own.");
        Assert.Contains("that depends on the result of make()", Refusal("make", "a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-gdwarf-3")]
    [InlineData("-gdwarf-4")]
    [InlineData("-gdwarf-5")]
    public void BitFieldsAreFoundInEachVersionOfDebugInformation(string version)
    {
        string program = Build("-gstrict-dwarf", version);

        Assert.Equal("2 3 -1 9", Run($"uprobe:{program}:take {{ printf(\"%d %d %d %d\", args.p->bits.low, args.p->bits.high, args.p->next->bits.low, args.p->next->bits.high); }}", program));
    }

    [Fact]
    public void BytesAreComparedAsFarAsIsAskedFor()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "There is no compiler.");
        File.WriteAllText(_tree["bytes.c"], """
            #include <string.h>
            __attribute__((noipa)) int compare(char *a, char *b, long n) { return a[0] == b[n]; }
            static char one[3000], other[3000];
            int main(void)
            {
                memset(one, 7, sizeof one);
                memset(other, 7, sizeof other);
                other[2000] = 8;
                return compare(one, other, 2000) & 0;
            }
            """);
        Assert.Equal(0, Command.Run("gcc", ["-O1", _tree["bytes.c"], "-o", _tree["bytes"]]).ExitCode);

        Assert.Equal("(0, -1, 0, -1)", Run($$"""
            uprobe:{{_tree["bytes"]}}:compare
            {
                $a = (uint8 *)arg0; $b = (uint8 *)arg1; $n = arg2; $m = $n + 1;
                print((memcmp($a, $b, 2000), memcmp($a, $b, 2001), memcmp($a, $b, $n), memcmp($a, $b, $m)));
            }
            """, _tree["bytes"]));
    }

    [Fact]
    public void ArgumentsOfUsdtProbesAreReadWhereTheCompilerPutThem()
    {
        Assert.SkipUnless(TracedProgram.CanRun, "The traced program is for x86-64.");
        string program = TracedProgram.WriteTo(_tree["traced"]);

        Assert.Equal("5 6 42 5 6 42 5 6 42", Run($"usdt:{program}:app:worked {{ printf(\"%d %d %d \", arg0, arg1, arg2); }}", program).Trim());
        Assert.Contains("can not be read", Assert.Throws<ScriptException>(() => Run($"usdt:{program}:app:worked {{ print(arg3); }}", program)).Message, StringComparison.Ordinal);
        Assert.Contains("hands over 4 arguments", Assert.Throws<ScriptException>(() => Run($"usdt:{program}:app:worked {{ print(arg4); }}", program)).Message, StringComparison.Ordinal);
    }
}
