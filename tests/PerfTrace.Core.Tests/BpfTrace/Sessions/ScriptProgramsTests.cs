using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace.Sessions;

[Trait("Machine", "Both")]
public sealed class ScriptProgramsTests
{
    [Fact]
    public void TheLinesAndFunctionsOfTheScriptAreKnownOfTheLoadedProgram()
    {
        const string script = """
            fn twice($a: uint64): uint64 {
              return $a * 2;
            }
            interval:ms:97001 {
              @x[pid] = twice(tid);
            }
            """;
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("lines.bt", script) });

        using BpfProgram program = Assert.Single(BpfFinder.Programs("interval_ms_97001"));
        string text = BpfListing.Read(program, KernelSymbolTable.Read(SystemPaths.Default)).ToText(withLineNumbers: true);

        Assert.Contains("long interval_ms_97001(void * ctx):", text, StringComparison.Ordinal);
        Assert.Contains("; @x[pid] = twice(tid); [file:lines.bt line_num:5 line_col:3]", text, StringComparison.Ordinal);
        Assert.Contains("long twice(", text, StringComparison.Ordinal);
        Assert.Contains("; return $a * 2; [file:lines.bt line_num:2 line_col:3]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWholeLogOfARefusalIsThereForWhoWantsIt()
    {
        var heard = new List<string>();
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", "BEGIN { while (1) { } }") };

        ScriptException e = Assert.Throws<ScriptException>(() => BpfTraceSession.Start(request, heard.Add));

        var refusal = Assert.IsType<BpfVerifierException>(e.InnerException);
        Assert.Contains(refusal.Log, heard);
        Assert.Contains("infinite loop detected", refusal.Log, StringComparison.Ordinal);
    }
}
