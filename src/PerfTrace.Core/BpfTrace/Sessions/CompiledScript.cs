using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>A script whose programs are known: what they do, the maps that they share, the events that they run at.</summary>
internal sealed record CompiledScript(ScriptPlan Plan, ScriptMemory Memory, IReadOnlyList<ScriptProgram> Programs, IReadOnlyList<ScriptDiagnostic> Warnings)
{
    /// <summary>Finds the events of a script that was read, checks it and makes its functions.</summary>
    /// <exception cref="ScriptException">It has errors; all that were found.</exception>
    public static CompiledScript Compile(ReadScript script, RecordTypes types, ProbeResolver resolver, BpfTraceMode mode = BpfTraceMode.Trace)
    {
        ScriptTrialNames.Check(script.Tree);
        var warnings = script.Warnings.ToList();
        var names = new ProbeNames();
        List<(Probe Probe, ProbeContext Context, IReadOnlyList<ProbeTarget> Targets)> programs = [];
        var planner = new TracepointPlanner(types.Kernel, KernelRelease.VersionOf(KernelRelease.Current));
        int events = 0;
        foreach (Probe probe in script.Tree.Probes)
        {
            if (!Runs(probe, mode))
                continue;
            events += Resolve(probe, script, resolver, planner, names, programs, warnings);
            if (events > script.Settings.MaximumProbes)
            {
                throw new ScriptException(probe.Span, $"the script means {events} events{(probe == script.Tree.Probes[^1] ? "" : " and more")}; max_probes is {script.Settings.MaximumProbes}",
                    "make its patterns narrower, or write config = { max_probes = … }");
            }
        }
        if (mode != BpfTraceMode.Trace && !script.Tree.Probes.Any(p => p.AttachPoints.Any(a => a.Provider == TrialOf(mode))))
            throw new ScriptException(script.Tree.Source.Span(0, 0), $"the script has no {ProbeProviders.NameOf(TrialOf(mode))} probe", $"{ProbeProviders.NameOf(TrialOf(mode))}:name {{ … }} is one");
        if (programs.Count == 0)
            throw NoPrograms(script, [.. warnings.Skip(script.Warnings.Count)]);
        var checker = new ScriptChecker(script.Tree, types, script.Settings, [.. programs.Select(static p => (p.Probe, p.Context))], names.All);
        ScriptPlan plan = checker.Check();
        var memory = new ScriptMemory(plan);
        var functions = new List<ScriptProgram>(programs.Count);
        foreach ((Probe probe, ProbeContext context, IReadOnlyList<ProbeTarget> targets) in programs)
        {
            checker.CheckProbe(probe, context);
            functions.Add(new ScriptProgram(probe, context, ProbeGenerator.Generate(probe, context, memory), targets));
        }
        // What comes out is read until the end of the script, and longer: then nothing of it must be looked for in files any more.
        foreach (ScriptType type in plan.Actions.SelectMany(static a => a.Layout.Types).Concat(plan.Maps.SelectMany(static m => m.Key is null ? [m.Value] : (ScriptType[])[m.Key, m.Value])))
            ReadFields(type);
        return new CompiledScript(plan, memory, functions, [.. warnings, .. checker.Diagnostics.Where(static d => d.Severity == ScriptSeverity.Warning)]);
    }

    private static ProbeProvider TrialOf(BpfTraceMode mode) => mode == BpfTraceMode.Test ? ProbeProvider.Test : ProbeProvider.Bench;

    // Beside tests and benchmarks begin and end run, but nothing that is at events; those are nothing to a script that is run for its events.
    private static bool Runs(Probe probe, BpfTraceMode mode) => probe.AttachPoints.Any(p => p.Provider switch
    {
        ProbeProvider.Begin or ProbeProvider.End => true,
        ProbeProvider.Test or ProbeProvider.Bench => mode != BpfTraceMode.Trace && p.Provider == TrialOf(mode),
        _ => mode == BpfTraceMode.Trace,
    });

    private static void ReadFields(ScriptType type)
    {
        IEnumerable<ScriptType> parts = type switch
        {
            RecordType record => record.Fields.Select(static f => f.Type),
            ArrayType array => [array.Element],
            TupleType tuple => tuple.Elements,
            _ => [],
        };
        foreach (ScriptType part in parts)
            ReadFields(part);
    }

    private static ScriptException NoPrograms(ReadScript script, IReadOnlyList<ScriptDiagnostic> missing) =>
        script.Tree.Probes.Count == 0 ? new ScriptException(script.Tree.Source.Span(0, 0), "the script has no probe", "BEGIN { printf(\"hello\\n\"); exit(); } has one")
        : script.Tree.Probes.SelectMany(static p => p.AttachPoints).All(static p => p.Provider is ProbeProvider.Test or ProbeProvider.Bench)
            ? new ScriptException(script.Tree.Probes[0].Span, "the script has no probe at an event", "-Test runs test probes, -Benchmark measures bench probes")
        : missing.Count == 0 ? new ScriptException(script.Tree.Probes[0].Span, "none of the script's events is one of this machine")
        : new ScriptException([.. missing.Select(static w => w with { Severity = ScriptSeverity.Error })]);

    // One program for all events that it is the same for. How many events the probe is attached to: the functions of a kprobe's pattern are attached to as one.
    private static int Resolve(Probe probe, ReadScript script, ProbeResolver resolver, TracepointPlanner planner, ProbeNames names,
        List<(Probe, ProbeContext, IReadOnlyList<ProbeTarget>)> programs, List<ScriptDiagnostic> warnings)
    {
        ScriptSettings settings = script.Settings;
        ProbeNeeds needs = ProbeNeeds.Of(probe, script.Tree.Functions);
        var targets = new List<ProbeTarget>();
        foreach (AttachPoint point in probe.AttachPoints)
        {
            try
            {
                IReadOnlyList<ProbeTarget> found = resolver.Resolve(point, needs);
                if (found.Count == 0 && settings.MissingProbes != MissingProbes.Ignore)
                    warnings.Add(new ScriptDiagnostic(ScriptSeverity.Warning, point.Span, $"{point.Raw} means no event of this machine"));
                targets.AddRange(found.Select(t => t with { Span = point.Span }));
            }
            catch (ScriptException e) when (settings.MissingProbes != MissingProbes.Error || point.IsOptional)
            {
                if (settings.MissingProbes != MissingProbes.Ignore && !point.IsOptional)
                    warnings.AddRange(e.Diagnostics.Select(static d => d with { Severity = ScriptSeverity.Warning }));
            }
        }
        int events = 0;
        foreach (IReadOnlyList<ProbeTarget> group in Rounds(targets).SelectMany(round => ProbeGrouping.Of(round, needs)))
        {
            foreach ((ProbeContext planned, IReadOnlyList<ProbeTarget> members) in planner.Plan(group, needs))
            {
                ProbeContext context = UserProbePlanner.Plan(planned, members);
                events += context.AttachType == BpfAttachType.TraceKProbeMulti ? 1 : members.Count;
                int[] numbers = [.. members.Select(m => names.NumberOf(m.Name))];
                programs.Add((probe, TracepointPlanner.WithNumbers(context with { ReadsProbe = needs.ReadsProbe, ProbeNumbers = numbers }, members), members));
            }
        }
        return events;
    }

    // An event that a list means twice runs the block twice, as bpftrace has it; the kernel takes a program once at an event, so there is another for the second time.
    private static IEnumerable<IEnumerable<ProbeTarget>> Rounds(IEnumerable<ProbeTarget> targets)
    {
        var times = new Dictionary<(string, BpfHook), int>();
        return targets.GroupBy(t => t.Hook is null ? 0 : times[(t.Name, t.Hook)] = times.GetValueOrDefault((t.Name, t.Hook), -1) + 1);
    }
}
