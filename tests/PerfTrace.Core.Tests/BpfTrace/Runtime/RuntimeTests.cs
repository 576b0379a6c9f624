using System.Text;
using System.Text.RegularExpressions;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Scripts, run in the kernel: each prints what its case says.</summary>
public sealed class RuntimeTests
{
    // No script of these takes a second; one that never ends is stopped.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. RuntimeCase.All.Where(static c => c.File is not ("verifier" or "kernel")).Select(static c => c.ToString())];

    /// <summary>Those that are for a machine that is not emulated.</summary>
    public static TheoryData<string> LongNames => [.. RuntimeCase.All.Where(static c => c.File == "verifier").Select(static c => c.ToString())];

    /// <summary>Those that want kprobes and fentry.</summary>
    public static TheoryData<string> KernelNames => [.. RuntimeCase.All.Where(static c => c.File == "kernel").Select(static c => c.ToString())];

    [Theory]
    [Trait("Machine", "Guest")]
    [MemberData(nameof(KernelNames))]
    public void AScriptOfTheKernelsFunctionsPrintsWhatItSays(string name) => AScriptPrintsWhatItSays(name);

    [Theory]
    [MemberData(nameof(LongNames))]
    public void AScriptThatIsTooLongSaysSo(string name) => AScriptPrintsWhatItSays(name);

    [Theory]
    [Trait("Machine", "Both")]
    [MemberData(nameof(Names))]
    public void AScriptPrintsWhatItSays(string name)
    {
        RuntimeCase one = RuntimeCase.All.Single(c => c.ToString() == name);
        var request = new BpfTraceRequest
        {
            Script = new ScriptSource("stdin", one.Program),
            Parameters = one.Arguments,
            NamedParameters = one.Options,
            Environment = one.Environment,
            Command = one.Command,
            Duration = Limit,
            AllowsUnsafe = true,
        };

        if (one.Error is { } error)
        {
            Assert.Contains(error, Assert.Throws<ScriptException>(() => Run(request, out _)).Message, StringComparison.Ordinal);
            return;
        }
        string text = Run(request, out string warnings).Trim('\n');
        if (one.Warning is { } warning)
            Assert.Contains(warning, warnings, StringComparison.Ordinal);
        if (one.Pattern is { } pattern)
            Assert.Matches(new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant | RegexOptions.Singleline), text);
        else
            Assert.Equal(one.Expected!.Trim('\n'), text);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void NoTwoCasesAreCalledAlike() => Assert.Equal(RuntimeCase.All.Count, RuntimeCase.All.Select(static c => c.ToString()).Distinct().Count());

    [Fact]
    [Trait("Machine", "Both")]
    public void StacksThatAreTheSameSoFarAreOneKey()
    {
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", "tracepoint:sched:sched_switch { @[kstack(1)] = count(); @all[kstack] = count(); } interval:ms:300 { exit(); }") };

        using BpfTraceSession session = BpfTraceSession.Start(request);
        BpfTraceMapEntry[] entries = [.. session.Read().SelectMany(static o => o.Objects).Cast<BpfTraceMapEntry>()];

        string[] keys = [.. entries.Where(static e => e.Map == "@").Select(static e => $"{e.Key}")];
        Assert.NotEmpty(keys);
        Assert.Equal(keys.Distinct(), keys);
        // Deeper, there are several ways to where threads are switched.
        Assert.InRange(entries.Count(static e => e.Map == "@all"), keys.Length + 1, int.MaxValue);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void WhatTheEndPrintsIsThereWhenTheScriptIsStopped()
    {
        using var stop = new CancellationTokenSource();
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", "BEGIN { @a = 7; @b[1] = count(); } END { print(@a); print(@b, 5); clear(@a); clear(@b); printf(\"over\\n\"); }") };

        using BpfTraceSession session = BpfTraceSession.Start(request, stop: stop.Token);
        // As Ctrl-C does.
        stop.Cancel();
        session.Stop();

        Assert.Equal("@a: 7\n@b[1]: 1\nover\n", string.Concat(session.Read().Select(static o => o.Text)));
    }

    [Fact]
    public void WhatALongLoopLosesIsCounted()
    {
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", "config = { perf_rb_pages = 1 } BEGIN { $i = 0; while ($i < 20000) { printf(\"%d\\n\", $i); $i++; } exit(); }"), Duration = Limit };

        using BpfTraceSession session = BpfTraceSession.Start(request);
        int lines = string.Concat(session.Read().Select(static o => o.Text)).Count(static c => c == '\n');
        long lost = session.Summary().Events;

        Assert.InRange(lost, 1, 20000);
        // That the script ends may be among what found no room.
        Assert.InRange(lines + lost, 20000, 20001);
    }

    private static string Run(BpfTraceRequest request, out string warnings)
    {
        var text = new StringBuilder();
        using BpfTraceSession session = BpfTraceSession.Start(request);
        warnings = string.Join('\n', session.Warnings);
        foreach (BpfTraceOutput output in session.Read())
            text.Append(output.Message is { } message ? $"{message}\n" : output.Text);
        BpfTraceSummary lost = session.Summary();
        Assert.Equal((0L, 0L, 0L), (lost.Events, lost.Stacks, lost.Damaged));
        return text.ToString();
    }
}
