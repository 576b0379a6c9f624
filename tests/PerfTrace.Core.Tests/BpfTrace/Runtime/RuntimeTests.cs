using System.Text;
using System.Text.RegularExpressions;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>Scripts, run in the kernel: each prints what its case says.</summary>
[Trait("Machine", "Both")]
public sealed class RuntimeTests
{
    // No script of these takes a second; one that never ends is stopped.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. RuntimeCase.All().Select(static c => c.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void AScriptPrintsWhatItSays(string name)
    {
        RuntimeCase one = RuntimeCase.All().Single(c => c.ToString() == name);
        var request = new BpfTraceRequest { Script = new ScriptSource("stdin", one.Program), Parameters = one.Arguments, Command = one.Command, Duration = Limit, AllowsUnsafe = true };

        if (one.Error is { } error)
        {
            Assert.Contains(error, Assert.Throws<ScriptException>(() => Run(request)).Message, StringComparison.Ordinal);
            return;
        }
        string text = Run(request).Trim('\n');
        if (one.Pattern is { } pattern)
            Assert.Matches(new Regex($"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.Singleline), text);
        else
            Assert.Equal(one.Expected!.Trim('\n'), text);
    }

    [Fact]
    public void NoTwoCasesAreCalledAlike() => Assert.Equal(RuntimeCase.All().Count(), RuntimeCase.All().Select(static c => c.ToString()).Distinct().Count());

    private static string Run(BpfTraceRequest request)
    {
        var text = new StringBuilder();
        using BpfTraceSession session = BpfTraceSession.Start(request);
        foreach (BpfTraceOutput output in session.Read())
            text.Append(output.Message is { } message ? $"{message}\n" : output.Text);
        BpfTraceSummary lost = session.Summary();
        Assert.Equal((0L, 0L), (lost.Events, lost.Stacks));
        return text.ToString();
    }
}
