using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Host;

namespace PerfTrace.Tests.Bpf;

/// <summary>Get-BpfInstruction, Test-BpfProgram and Measure-BpfProgram.</summary>
[Collection(CmdletCollection.Name)]
public sealed class BpfCodeCommandTests : CmdletFixture, IDisposable
{
    private readonly BpfPrograms _programs = new();

    public void Dispose() => _programs.Dispose();

    [Fact]
    public void InstructionsAreListed()
    {
        BpfProgram program = _programs.Load(BpfProgramType.Tracepoint, "cmdlet_listed");

        BpfTranslatedInstruction[] all = [.. Run($"Get-BpfProgram cmdlet_listed | Get-BpfInstruction").Objects.Cast<BpfTranslatedInstruction>()];

        Assert.Equal(["lddw", "mov", "atomic_add", "mov", "exit"], all.Select(i => i.Mnemonic));
        Assert.Equal((program.Id, program.MapId[0], 0), (all[0].ProgramId, all[0].MapId ?? 0, all[0].MapOffset ?? -1));
        Assert.Equal("(95) exit", all[^1].Text);
        Assert.Equal(all.Length, Run($"Get-BpfInstruction {program.Id}").Objects.Count);
        string text = Single<string>($"Get-BpfInstruction {program.Tag} -AsText");
        Assert.Equal(all.Length, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith($"   0: (18) r1 = map[id:{program.MapId[0]}][0]+0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void MachineCodeIsListed()
    {
        BpfProgram program = _programs.Load(BpfProgramType.Tracepoint, "cmdlet_jited");
        Assert.SkipUnless(program.IsJited, "Programs are interpreted here.");

        BpfJitedInstruction[] all = [.. Run($"Get-BpfInstruction {program.Id} -Jited -Syntax Intel").Objects.Cast<BpfJitedInstruction>()];

        Assert.Equal(program.JitedBytes, all.Sum(i => i.Bytes.Length));
        Assert.Equal($"bpf_prog_{program.Tag}_cmdlet_jited", Assert.Single(all.Select(i => i.Function).Distinct()));
    }

    [Fact]
    public void OneBadProgramLetsTheOthersGoOn()
    {
        BpfProgram program = _programs.Load(BpfProgramType.Tracepoint);

        Assert.Equal(2, Run($"Get-BpfInstruction {program.Id},{program.Id}").Objects.Cast<BpfTranslatedInstruction>().Count(i => i.Mnemonic == "exit"));
        HostResult result = Host.Run($"Get-BpfInstruction 4000000000,{program.Id}");
        Assert.StartsWith("BpfObjectGone,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(5, result.Objects.Count);
    }

    [Fact]
    public void AProgramIsRunByHand()
    {
        _programs.Load(BpfProgramType.SocketFilter, "cmdlet_run", result: 7);

        BpfTestRun run = Single<BpfTestRun>("Get-BpfProgram cmdlet_run | Test-BpfProgram -Repeat 2000");

        Assert.Equal(("cmdlet_run", 7, 2000L, 64), (run.Name, run.ReturnValue, run.Repeat, run.Data!.Length));
        Assert.Equal(2000ul, _programs.Counter.Value);
        Assert.Equal(20, Single<BpfTestRun>($"Test-BpfProgram cmdlet_run -Data {string.Join(',', Enumerable.Repeat("0", 20))}").Data!.Length);
    }

    [Fact]
    public void WhatCanNotBeRunIsSaid()
    {
        BpfProgram tracepoint = _programs.Load(BpfProgramType.Tracepoint), socket = _programs.Load(BpfProgramType.SocketFilter);

        Assert.Contains("socket_filter", Fail($"Test-BpfProgram {tracepoint.Id}", "NotSupported", ErrorCategory.NotImplemented).ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("14 bytes", Fail($"Test-BpfProgram {socket.Id} -Data 1,2", "InvalidTestInput", ErrorCategory.InvalidArgument).ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
        HostResult mixed = Host.Run($"Test-BpfProgram {tracepoint.Id},{socket.Id}");
        Assert.Single(mixed.Errors);
        Assert.Single(mixed.Objects);
    }

    [Fact]
    public void RunsAreMeasured()
    {
        BpfProgram program = _programs.Load(BpfProgramType.Tracepoint, "cmdlet_measure");
        using BpfLink link = Assert.Single(BpfLinker.Attach(program, TracepointHook.Find("raw_syscalls:sys_enter")));

        BpfProgramMeasurement measured = Single<BpfProgramMeasurement>("Get-BpfProgram cmdlet_measure | Measure-BpfProgram -Duration 200ms");

        Assert.Equal((program.Id, "cmdlet_measure", BpfProgramType.Tracepoint), (measured.ProgramId, measured.Name, measured.Type));
        Assert.InRange(measured.RunCount, 1, long.MaxValue);
        Assert.InRange(measured.AverageNanoseconds!.Value, 1, 1e7);
        Assert.InRange(measured.Elapsed.TotalMilliseconds, 150, 30_000);
        Assert.Contains(Run("Measure-BpfProgram -Duration 50ms").Objects.Cast<BpfProgramMeasurement>(), m => m.ProgramId == program.Id);
        Assert.Empty(Run("Get-BpfProgram no_such_program* | Measure-BpfProgram -Duration 10").Objects);
    }

    [Fact]
    public void AMeasurementEndsWhenItIsStopped()
    {
        _programs.Load(BpfProgramType.Tracepoint, "cmdlet_stop");
        var clock = Stopwatch.StartNew();
        using var timer = new Timer(_ => Host.Stop(), null, 300, 100);

        HostResult result = Host.Run("Measure-BpfProgram cmdlet_stop");

        Assert.InRange(clock.ElapsedMilliseconds, 250, 20_000);
        // The program on its own writes what it has until then.
        Assert.Equal("cmdlet_stop", Assert.IsType<BpfProgramMeasurement>(Assert.Single(result.Objects)).Name);
    }
}
