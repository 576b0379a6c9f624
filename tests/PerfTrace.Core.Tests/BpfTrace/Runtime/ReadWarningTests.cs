using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>What a script hears of reads that fail.</summary>
public sealed class ReadWarningTests
{
    private static string Run(string script, out string warnings, bool warns = true)
    {
        string text = "", told = "";
        using BpfTraceSession session = BpfTraceSession.Start(new BpfTraceRequest { Script = new ScriptSource("stdin", script), WarnsOfReads = warns, Duration = TimeSpan.FromSeconds(20) });
        foreach (BpfTraceOutput output in session.Read())
        {
            text += output.Text;
            if (output.Message is { } message)
                told += $"{message}\n";
        }
        warnings = told;
        return text.Trim();
    }

    [Theory]
    [InlineData("@ = *uptr((uint64 *)16);", "@: 0", "*uptr((uint64 *)16)", "Bad address (bpf_probe_read_user: -14)")]
    [InlineData("@ = *kptr((uint64 *)16);", "@: 0", "*kptr((uint64 *)16)", "this is no address of the kernel\'s (bpf_probe_read_kernel: -34)")]
    [InlineData("$t = (struct task_struct *)16; @ = $t->pid + 1;", "@: 1", "$t->pid", "this is no address of the kernel\'s (bpf_probe_read_kernel: -34)")]
    [InlineData("print(str(kptr(16)));", "", "str(kptr(16))", "this is no address of the kernel\'s (bpf_probe_read_kernel_str: -34)")]
    [InlineData("@ = strlen((int8 *)16);", "@: 0", "strlen((int8 *)16)", "this is no address of the kernel\'s (bpf_probe_read_kernel_str: -34)")]
    [InlineData("if (*kptr((uint64 *)16) == 0) { @ = 2; }", "@: 2", "*kptr((uint64 *)16)", "this is no address of the kernel\'s (bpf_probe_read_kernel: -34)")]
    public void TheirPlaceIsShown(string statement, string result, string place, string error)
    {
        Assert.Equal(result, Run($"begin {{ {statement} exit(); }}", out string warnings));

        string[] lines = warnings.Split('\n');
        Assert.Contains($"WARNING: can not be read, 0 is taken for it: {error}", lines[0], StringComparison.Ordinal);
        int at = lines[1].IndexOf(place, StringComparison.Ordinal);
        Assert.Equal(new string(' ', at) + new string('~', place.Length), lines[2]);
    }

    [Fact]
    public void EachPlaceIsToldOnce()
    {
        Assert.Equal("@: 0", Run("begin { let $i = 0; while ($i < 5) { @ = *kptr((uint64 *)16); $i++; } @ = *kptr((uint64 *)32); exit(); }", out string warnings));

        Assert.Equal(2, warnings.Split("WARNING").Length - 1);
    }

    [Fact]
    public void WhatCanBeReadIsNotTold()
    {
        Assert.Equal($"@: {Environment.ProcessId}", Run("begin { @ = curtask.tgid; exit(); }", out string warnings));

        Assert.Empty(warnings);
    }

    [Fact]
    public void WhoDoesNotAskHearsNothing()
    {
        Assert.Equal("@: 0", Run("begin { @ = *kptr((uint64 *)16); exit(); }", out string warnings, warns: false));

        Assert.Empty(warnings);
    }
}
