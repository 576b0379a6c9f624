using System.Text;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Patterns of a program's functions: one program for all of them, attached by one link where the kernel can.</summary>
public sealed class UserPatternTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    private string Build(string source)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "There is no compiler.");
        File.WriteAllText(_tree["calls.c"], source);
        Command.Result built = Command.Run("gcc", ["-O1", "-g", _tree["calls.c"], "-o", _tree["calls"]]);
        Assert.True(built.ExitCode == 0, built.Error);
        return _tree["calls"];
    }

    private string BuildCalls() => Build("""
        __attribute__((noipa)) int step_one(int a) { return a + 1; }
        __attribute__((noipa)) int step_two(int a) { return a + 2; }
        __attribute__((noipa)) int step_three(int a) { return step_two(step_one(a)); }
        int main(void) { return step_three(step_one(4)) & 0; }
        """);

    private static string Run(string script, string program, out string warnings)
    {
        var text = new StringBuilder();
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", script), Command = [program], Duration = TimeSpan.FromSeconds(20) });
        foreach (BpfTraceOutput output in session.Read())
            text.Append(output.Text);
        warnings = string.Join('\n', session.Warnings);
        return text.ToString().TrimEnd('\n');
    }

    private static CompiledScript Compile(string text)
    {
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", text), ScriptOptions.Default);
        var types = new RecordTypes(script.Tree);
        using var probes = new ProbeTypes(types);
        return CompiledScript.Compile(script, types, new ProbeResolver(probes, ProbeOptions.Default, SystemPaths.Default));
    }

    [Theory]
    [InlineData("uprobe", "probe", "@[uprobe:P:step_one]: 2\n@[uprobe:P:step_three]: 1\n@[uprobe:P:step_two]: 1")]
    [InlineData("uretprobe", "probe", "@[uretprobe:P:step_one]: 2\n@[uretprobe:P:step_three]: 1\n@[uretprobe:P:step_two]: 1")]
    [InlineData("uretprobe", "retval", "@[5]: 1\n@[6]: 1\n@[8]: 2")]
    [InlineData("uprobe", "args.a", "@[4]: 1\n@[5]: 2\n@[6]: 1")]
    [InlineData("uprobe", "(int32)arg0", "@[4]: 1\n@[5]: 2\n@[6]: 1")]
    public void EachFunctionIsTold(string kind, string key, string expected)
    {
        string program = BuildCalls();

        string[] lines = Run($"{kind}:{program}:step_* {{ @[{key}] = count(); }}", program, out _).Split('\n');

        Assert.Equal(expected.Replace("P", program, StringComparison.Ordinal), string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void FilesOfAPatternHaveProbesWhereTheyHaveTheFunction()
    {
        string program = BuildCalls();
        File.Copy(program, _tree["callsite"]);
        File.Copy("/bin/true", _tree["callous"]);

        Assert.Equal($"@[uprobe:{program}:step_one]: 2", Run($"uprobe:{_tree["call*"]}:step_one {{ @[probe] = count(); }}", program, out _));
        Assert.Equal("@: 4", Run($"uprobe:{_tree["call*"]}:step_* {{ @ = count(); }}", program, out _));
        Assert.Contains("no program or library of that pattern has the function step_four",
            Assert.Throws<ScriptException>(() => Run($"uprobe:{_tree["call*"]}:step_four {{ }}", program, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RelativePathsStartFromTheWorkingDirectory()
    {
        BuildCalls();

        var text = new StringBuilder();
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", "uprobe:./calls:step_one { @[probe] = count(); }"), Command = ["./calls"], WorkingDirectory = Path.GetDirectoryName(_tree["calls"])! };
        using BpfTraceSession session = BpfTraceSession.Start(request);
        foreach (BpfTraceOutput output in session.Read())
            text.Append(output.Text);

        Assert.Equal("@[uprobe:./calls:step_one]: 2", text.ToString().Trim());
    }

    [Fact]
    public void ArgumentsByNumberDoNotKeepFunctionsFromSharingAProgram()
    {
        string program = BuildCalls();

        ScriptProgram one = Assert.Single(Compile($"uprobe:{program}:step_* {{ @[arg0, probe] = count(); }}").Programs);

        Assert.Equal(3, one.Targets.Count);
        Assert.SkipUnless(BpfLinkProbe.Has(BpfLinkType.UProbeMulti), "This kernel has no links to several places of a file.");
        UProbeMultiHook hook = Assert.IsType<UProbeMultiHook>(Assert.Single(ScriptAttachment.Of(one)).Hook);
        Assert.Equal((3, 3), (hook.Places.Distinct().Count(), hook.Cookies!.Distinct().Count()));
    }

    [Fact]
    public void OneProcessIsNotTakenForItsFirstThread()
    {
        string program = BuildCalls();
        ReadScript script = ScriptReader.Read(new ScriptSource("stdin", $"uprobe:{program}:step_* {{ @ = count(); }}"), ScriptOptions.Default);
        var types = new RecordTypes(script.Tree);
        using var probes = new ProbeTypes(types);

        ScriptProgram one = Assert.Single(CompiledScript.Compile(script, types, new ProbeResolver(probes, new ProbeOptions { ProcessId = Environment.ProcessId }, SystemPaths.Default)).Programs);

        Assert.All(ScriptAttachment.Of(one), static a => Assert.Equal(Environment.ProcessId, Assert.IsType<UProbeHook>(a.Hook).ProcessId));
    }

    [Fact]
    public void MoreFunctionsThanEventsMayBeAreRefusedWithTheirNumber()
    {
        string program = BuildCalls();

        ScriptException refused = Assert.Throws<ScriptException>(() => Compile($"config = {{ max_probes = 2 }} uprobe:{program}:step_* {{ @ = count(); }}"));

        Assert.Contains("means 3 events; max_probes is 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCanNotBeAttachedToDoesNotKeepTheOthersFromIt()
    {
        ScriptProgram one = Assert.Single(Compile($"uprobe:{BuildCalls()}:step_* {{ }}").Programs);
        // Behind the end of the file nothing can be attached to.
        ProbeTarget bad = one.Targets[1] with { Name = "bad", Hook = (UProbeHook)one.Targets[1].Hook! with { Offset = 1UL << 40 } };
        var warnings = new List<ScriptDiagnostic>();
        using ScriptPrograms programs = ScriptPrograms.Load([one with { Targets = [one.Targets[0], bad, one.Targets[2]] }], "GPL", null);

        programs.Attach(MissingProbes.Warn, warnings, CancellationToken.None);

        Assert.Equal(2, programs.Attached);
        Assert.StartsWith("bad: ", Assert.Single(warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFilesOfTypesAreClosedWhenAllIsCompiled()
    {
        string program = Build("""
            struct pair { int a; struct { long b[2]; } in; };
            __attribute__((noipa)) int step(struct pair *p) { return p->a; }
            int main(void) { struct pair p = { 1, { { 2, 3 } } }; return step(&p) - 1; }
            """);
        BpfTraceOutput[] all;
        using (BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", $"uprobe:{program}:step {{ print(*args.p); }}"), Command = [program], Duration = TimeSpan.FromSeconds(20) }))
        {
            Assert.DoesNotContain(program, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
            Assert.DoesNotContain(program, Directory.GetFiles("/proc/self/fd").Select(static f => File.ResolveLinkTarget(f, returnFinalTarget: false)?.FullName));
            all = [.. session.Read()];
        }
        Assert.Throws<ScriptException>(() => Compile($"uprobe:{program}:step {{ print(args.p->none); }}"));

        Assert.Equal("{ .a = 1, .in = { .b = [2,3] } }", string.Concat(all.Select(static o => o.Text)).Trim());
        Assert.DoesNotContain(program, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }
}
