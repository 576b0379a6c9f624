using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

/// <summary>Probes in a program of the tests' own.</summary>
[Trait("Machine", "Both")]
public sealed class UProbesTests : IDisposable
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    private readonly TemporaryTree _tree = new();
    private readonly string _program;
    private readonly string _before;

    public UProbesTests()
    {
        Assert.SkipUnless(TracedProgram.CanRun, "The program is for x86-64.");
        _program = TracedProgram.WriteTo(_tree["program"]);
        _before = Top.ReadText("dynamic_events");
    }

    [Fact]
    public void The_program_runs() => Assert.Equal(6, Run());

    [Fact]
    public void A_probe_records_its_arguments_and_counts()
    {
        UProbe entry = Make(Definition("work", isReturn: false, "x=%di:u32", "a=@+0x103008:s32"));
        UProbe ret = Make(Definition("work", isReturn: true, "r=$retval:u32"));

        string[] lines = Record([entry, ret], () => Assert.Equal(6, Run()));

        Assert.Equal(3, lines.Count(l => l.Contains($" {entry.Name}: ", StringComparison.Ordinal) && l.EndsWith(" x=5 a=42", StringComparison.Ordinal)));
        Assert.Equal(3, lines.Count(l => l.Contains($" {ret.Name}: ", StringComparison.Ordinal) && l.EndsWith(" r=6", StringComparison.Ordinal)));
        Assert.Equal((3L, 3L), (entry.Hits, ret.Hits));
        Assert.Equal((false, true), (entry.IsReturn, ret.IsReturn));
        Assert.Equal((_program, "work", $"{_program}:0x1040"), (entry.Path, entry.Symbol, entry.Location));
        Assert.Equal(["x=%di:u32", "a=@+0x103008:s32"], entry.Arguments.Select(a => a.ToString()));
    }

    [Fact]
    public void A_USDT_probe_counts_its_semaphore_up_and_hands_over_its_arguments()
    {
        UsdtProbe usdt = Assert.Single(UsdtSources.OfFile(_program));
        Assert.Null(usdt.Arguments[3].FetchArgument);
        UProbe probe = Make(new UProbeDefinition(ProbeGroups.Session, "usdt", _program, usdt.Offset!.Value, usdt.SemaphoreOffset, false,
            [.. usdt.Arguments.Where(a => a.FetchArgument is not null).Select((a, i) => new ProbeArgument($"arg{i + 1}", a.FetchArgument!))]));

        string[] lines = Record([probe], () => Assert.Equal(7, Run()));

        Assert.Equal(3, lines.Count(l => l.EndsWith(" arg1=5 arg2=6 arg3=42", StringComparison.Ordinal)));
        Assert.Equal(usdt.SemaphoreOffset, probe.ReferenceCounterOffset);
        Assert.Equal("work+0x3", probe.Symbol);
        Assert.Equal(6, Run()); // nobody listens now
    }

    [Fact]
    public void What_is_listed_would_make_the_same_probe_again()
    {
        UProbe probe = Make(Definition("work", isReturn: true, "r=$retval:u32", "$comm"));

        Assert.Contains(probe.Definition, Top.ReadText("uprobe_events").Split('\n'));
        Assert.Equal(["r=$retval:u32", "arg2=$comm"], probe.Arguments.Select(a => a.ToString()));
        Assert.False(probe.IsPersistent);
        UProbes.Remove(Top, probe);
        Assert.Null(probe.Hits);
        File.AppendAllText(Path.Combine(Top.Path, "dynamic_events"), probe.Definition + "\n");
        Assert.Equal(probe.Definition, UProbes.List(Top).Single(p => p.Event == probe.Event).Definition);
        UProbes.Remove(Top, probe);
    }

    [Fact]
    public void A_second_probe_of_the_same_name_is_refused_and_the_first_stays()
    {
        UProbe first = Make(Definition("work", isReturn: false));

        Assert.Throws<ProbeExistsException>(() => Make(Definition("work", isReturn: false, "%di")));

        Assert.Single(UProbes.List(Top), p => p.Event == first.Event);
        Assert.Equal(first.Name + "_1", UProbes.FreeName(Top, first.Group, first.Name));
    }

    [Fact]
    public void A_probe_in_use_is_busy_until_it_is_forced()
    {
        UProbe probe = Make(Definition("work", isReturn: false));
        using var instance = new ScratchInstance();
        File.WriteAllText(Path.Combine(instance.Directory.Path, "events", probe.Group, probe.Name, "enable"), "1");

        var busy = Assert.Throws<ProbeBusyException>(() => UProbes.Remove(Top, probe));
        Assert.Contains($"enabled in the instance {instance.Name}", busy.Message, StringComparison.Ordinal);

        UProbes.Remove(Top, probe, force: true);
        Assert.Throws<ProbeNotFoundException>(() => UProbes.Remove(Top, probe));
    }

    [Fact]
    public void A_probe_whose_events_are_being_closed_is_waited_for()
    {
        UProbe probe = Make(Definition("work", isReturn: false));
        // It comes last, a second or so behind the others.
        var counter = new CounterSession(EventCatalogue.Default.Resolve($"syscalls:sys_exit_s*,{probe.Event}"), new CounterTarget.Processes([Environment.ProcessId]), new CounterOptions());
        counter.Begin();
        counter.Dispose();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => UProbes.Remove(Top, probe, stop: stop.Token));
        Assert.Contains(UProbes.List(Top), p => p.Event == probe.Event);

        UProbes.Remove(Top, probe);
        Assert.DoesNotContain(UProbes.List(Top), p => p.Event == probe.Event);
    }

    [Fact]
    public void The_session_owns_what_is_not_persistent()
    {
        UProbe own = Make(Definition("work", isReturn: false)), forgotten = Make(Definition("work", isReturn: true));
        Assert.Contains($"uprobe {own.Event}", TraceSession.Current.Owned);
        Assert.True(TraceOwner.TryParse(own.Group, out TraceOwner? owner, out _));
        Assert.Equal(TraceOwner.Current, owner);

        UProbes.Remove(Top, forgotten);
        Assert.DoesNotContain($"uprobe {forgotten.Event}", TraceSession.Current.Owned);

        // Enabled in the top-level buffer or not: the end of the session removes it.
        File.WriteAllText(Path.Combine(Top.Path, "events", own.Group, own.Name, "enable"), "1");
        Assert.Empty(TraceSession.Current.ReleaseAll());
        Assert.DoesNotContain(UProbes.List(Top), p => p.Event == own.Event);
    }

    [Fact]
    public void What_is_busy_at_the_sessions_end_is_told_and_does_not_keep_the_rest()
    {
        UProbe free = Make(Definition("work", isReturn: true)), busy = Make(Definition("work", isReturn: false));
        using var counter = new CounterSession(EventCatalogue.Default.Resolve(busy.Event), new CounterTarget.Processes([Environment.ProcessId]), new CounterOptions());
        counter.Begin();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Exception failure = Assert.Single(TraceSession.Current.ReleaseAll());

        Assert.Contains(busy.Event, Assert.IsType<KernelResourceException>(failure).Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Contains(UProbes.List(Top), p => p.Event == busy.Event);
        Assert.DoesNotContain(UProbes.List(Top), p => p.Event == free.Event);
        Assert.Contains("perf", Assert.Throws<ProbeBusyException>(() => UProbes.Remove(Top, busy, force: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_kernel_refuses_comes_with_its_reason_and_the_place()
    {
        UProbeDefinition definition = Definition("work", isReturn: false, "x=%nosuch");

        var error = Assert.Throws<TraceCommandException>(() => Make(definition));

        Assert.Contains("register", error.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(definition.ToCommand().IndexOf("%nosuch", StringComparison.Ordinal), error.Position);
    }

    [Theory]
    [InlineData("work", "work", 0x1040ul, 0ul)]
    [InlineData("work+3", "work", 0x1043ul, 3ul)]
    [InlineData("work+0x3", "work", 0x1043ul, 3ul)]
    [InlineData("0x1043", "work", 0x1043ul, 3ul)]
    [InlineData("0x1050", null, 0x1050ul, 0ul)]
    public void A_place_is_found_in_the_file(string place, string? symbol, ulong offset, ulong symbolOffset) =>
        Assert.Equal(new UProbeTarget(_program, offset, symbol, symbolOffset, false), UProbeResolver.Resolve(_program, place, isReturn: false));

    [Fact]
    public void A_place_that_is_none_is_a_specific_error()
    {
        Assert.Contains("work", Assert.Throws<SymbolNotFoundException>(() => UProbeResolver.Resolve(_program, "wrok", false)).Suggestions);
        Assert.Throws<SymbolNotFoundException>(() => UProbeResolver.Resolve(_program, "answer", false)); // data
        Assert.Contains("5 bytes", Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(_program, "work+5", false)).Message, StringComparison.Ordinal);
        Assert.Contains("0x1000 to 0x105f", Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(_program, "0x2000", false)).Message, StringComparison.Ordinal);
        Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(_program, "0x1060", false));
        Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(_program, "work+3", isReturn: true));
        Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(_program, "0x1043", isReturn: true));
        Assert.Throws<ProbeSyntaxException>(() => UProbeResolver.Resolve(_program, "work+x", false));
        Assert.Throws<ProbeSyntaxException>(() => UProbeResolver.Resolve(_program, "0xyz", false));
        Assert.Throws<ProbePlaceException>(() => UProbeResolver.CheckReferenceCounter(_program, 0x1000));
        UProbeResolver.CheckReferenceCounter(_program, 0x2000);
        string other = new ElfBuilder(isBigEndian: true, machine: (ElfMachine)22).Symbol("work", ElfBuilder.TextAddress, 2).WriteTo(_tree["s390"]);
        Assert.Contains("22", Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(other, "work", false)).Message, StringComparison.Ordinal);
        foreach (string text in (string[])["/bin/bash", ":main", "/bin/bash:", ""])
            Assert.Throws<ProbeSyntaxException>(() => UProbeResolver.Split(text));
        Assert.Equal(("/a:b/c", "main"), UProbeResolver.Split("/a:b/c:main"));
    }

    [Fact]
    public void A_stripped_program_has_the_functions_of_its_debug_file()
    {
        byte[] debug = new ElfBuilder { Text = new byte[16] }.Symbol("hidden", ElfBuilder.TextAddress + 8, 4, binding: ElfSymbolBinding.Local).Build();
        File.WriteAllBytes(_tree["stripped.debug"], debug);
        string stripped = new ElfBuilder { Text = new byte[16], HasSymbols = false }.DebugLink("stripped.debug", Crc32.Update(0, debug)).WriteTo(_tree["stripped"]);
        var said = new List<string>();

        Assert.Equal(new UProbeTarget(stripped, 0x1008, "hidden", 0, false), UProbeResolver.Resolve(stripped, "hidden", isReturn: true, said.Add));

        Assert.Contains(said, s => s.Contains("stripped.debug", StringComparison.Ordinal));
        Assert.Contains("hidden", UProbeResolver.FunctionNames(stripped));
        File.Delete(_tree["stripped.debug"]);
        Assert.Contains("stripped", Assert.Throws<SymbolNotFoundException>(() => UProbeResolver.Resolve(stripped, "hidden", false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_static_functions_of_one_name_none_is_chosen_and_of_a_global_and_a_static_one_the_global()
    {
        string two = new ElfBuilder { Text = new byte[64] }.Symbol("same", ElfBuilder.TextAddress, 4, binding: ElfSymbolBinding.Local)
            .Symbol("same", ElfBuilder.TextAddress + 8, 4, binding: ElfSymbolBinding.Local)
            .Symbol("other", ElfBuilder.TextAddress + 16, 4, binding: ElfSymbolBinding.Local).Symbol("other", ElfBuilder.TextAddress + 24, 4).WriteTo(_tree["two"]);

        Assert.Contains("0x1000", Assert.Throws<ProbePlaceException>(() => UProbeResolver.Resolve(two, "same", false)).Message, StringComparison.Ordinal);
        Assert.Equal(0x1018ul, UProbeResolver.Resolve(two, "other", false).Offset);
    }

    public void Dispose()
    {
        foreach (UProbe probe in UProbes.List(Top).Where(p => p.Group == ProbeGroups.Session))
            UProbes.Remove(Top, probe, force: true);
        _tree.Dispose();
        Assert.Equal(_before, Top.ReadText("dynamic_events"));
    }

    private static UProbe Make(UProbeDefinition definition) => UProbes.Create(Top, definition);

    private UProbeDefinition Definition(string symbol, bool isReturn, params string[] arguments)
    {
        UProbeTarget target = UProbeResolver.Resolve(_program, symbol, isReturn);
        return new UProbeDefinition(ProbeGroups.Session, isReturn ? symbol + "__return" : symbol, target.Path, target.Offset, null, isReturn, [.. arguments.Select(ProbeArgument.Parse)]);
    }

    private int Run() => Command.Run(_program, []).ExitCode;

    private static string[] Record(UProbe[] probes, Action action)
    {
        using var instance = new ScratchInstance();
        foreach (UProbe probe in probes)
            File.WriteAllText(Path.Combine(instance.Directory.Path, "events", probe.Group, probe.Name, "enable"), "1");
        action();
        string text = instance.Directory.ReadText("trace");
        foreach (UProbe probe in probes)
            File.WriteAllText(Path.Combine(instance.Directory.Path, "events", probe.Group, probe.Name, "enable"), "0");
        return text.Split('\n');
    }
}
