namespace PerfTrace.BpfTrace;

/// <summary>A script whose programs are known: what they do, the maps that they share, the events that they run at.</summary>
internal sealed record CompiledScript(ScriptPlan Plan, ScriptMemory Memory, IReadOnlyList<ScriptProgram> Programs, IReadOnlyList<ScriptDiagnostic> Warnings)
{
    /// <summary>Finds the events of a script that was read, checks it and makes its functions.</summary>
    /// <exception cref="ScriptException">It has errors; all that were found.</exception>
    public static CompiledScript Compile(ReadScript script, RecordTypes types, ProbeResolver resolver)
    {
        var warnings = script.Warnings.ToList();
        var names = new List<string>();
        List<(Probe Probe, ProbeContext Context, IReadOnlyList<ProbeTarget> Targets)> programs = [];
        foreach (Probe probe in script.Tree.Probes)
            Resolve(probe, script.Settings, resolver, names, programs, warnings);
        if (names.Count > script.Settings.MaximumProbes)
        {
            throw new ScriptException(script.Tree.Probes[0].Span, $"the script means {names.Count} events; max_probes is {script.Settings.MaximumProbes}",
                "make its patterns narrower, or write config = { max_probes = … }");
        }
        if (programs.Count == 0)
            throw new ScriptException([.. warnings.Select(static w => w with { Severity = ScriptSeverity.Error })]);
        var checker = new ScriptChecker(script.Tree, types, script.Settings, [.. programs.Select(static p => (p.Probe, p.Context))], names);
        ScriptPlan plan = checker.Check();
        var memory = new ScriptMemory(plan);
        var functions = new List<ScriptProgram>(programs.Count);
        foreach ((Probe probe, ProbeContext context, IReadOnlyList<ProbeTarget> targets) in programs)
        {
            checker.CheckProbe(probe, context);
            functions.Add(new ScriptProgram(probe, context, ProbeGenerator.Generate(probe, context, memory), targets));
        }
        return new CompiledScript(plan, memory, functions, [.. warnings, .. checker.Diagnostics.Where(static d => d.Severity == ScriptSeverity.Warning)]);
    }

    // One program for all events that it is the same for: the arguments differ, and with them the program, only where it reads them.
    private static void Resolve(Probe probe, ScriptSettings settings, ProbeResolver resolver, List<string> names,
        List<(Probe, ProbeContext, IReadOnlyList<ProbeTarget>)> programs, List<ScriptDiagnostic> warnings)
    {
        var targets = new List<ProbeTarget>();
        foreach (AttachPoint point in probe.AttachPoints)
        {
            try
            {
                IReadOnlyList<ProbeTarget> found = resolver.Resolve(point);
                if (found.Count == 0 && settings.MissingProbes != MissingProbes.Ignore)
                    warnings.Add(new ScriptDiagnostic(ScriptSeverity.Warning, point.Span, $"{point.Raw} means no event of this machine"));
                targets.AddRange(found);
            }
            catch (ScriptException e) when (settings.MissingProbes != MissingProbes.Error || point.IsOptional)
            {
                if (settings.MissingProbes != MissingProbes.Ignore && !point.IsOptional)
                    warnings.AddRange(e.Diagnostics.Select(static d => d with { Severity = ScriptSeverity.Warning }));
            }
        }
        bool readsArguments = ReadsArguments(probe);
        foreach (IGrouping<object, ProbeTarget> group in targets.GroupBy(t => (object)(t.Context with { Arguments = readsArguments ? t.Context.Arguments : null, ReturnType = readsArguments ? t.Context.ReturnType : null })))
        {
            ProbeTarget[] members = [.. group];
            // Programs at functions of the kernel's types are each for one function.
            bool isShared = members[0].Context.AttachTypeId == 0;
            foreach (ProbeTarget[] part in isShared ? [members] : members.Select(static m => new[] { m }))
            {
                int first = names.Count;
                names.AddRange(part.Select(static t => t.Name));
                programs.Add((probe, part[0].Context with { ProbeNumbers = [.. Enumerable.Range(first, part.Length)] }, part));
            }
        }
    }

    // The word is enough: a program too many is no fault, one too few would read another event's fields.
    private static bool ReadsArguments(Probe probe) => probe.Span.Text.Contains("args", StringComparison.Ordinal) || probe.Span.Text.Contains("retval", StringComparison.Ordinal);
}
