namespace PerfTrace.BpfTrace;

/// <summary>
/// Finds the type of every expression of a script, notes it in the tree, and makes the plan. A block is checked for each context that it is compiled for; the notes are those
/// of the context that it was checked for last, so <see cref="CheckProbe"/> comes before the generation of each program.
/// </summary>
internal sealed class ScriptChecker
{
    // Types only grow, a few steps each; one that still grows then contains itself.
    private const int MostPasses = 64;

    private readonly ScriptTree _tree;
    private readonly IReadOnlyList<(Probe Probe, ProbeContext Context)> _programs;
    private readonly IReadOnlyList<string> _probeNames;
    private readonly Dictionary<(Node, ProbeContext), ProbeChecker> _checkers = [];
    private readonly Dictionary<string, FunctionDefinition> _functions = new(StringComparer.Ordinal);

    // A program has a function with each probe that calls it: it is checked for each.
    private readonly List<(FunctionDefinition Function, ProbeContext Context)> _called = [];

    /// <param name="tree">The script; its macros, imports and parameters stand resolved in it.</param>
    /// <param name="types">The types that it names.</param>
    /// <param name="settings">Its settings and the caller's.</param>
    /// <param name="programs">Each probe with each context that it is compiled for.</param>
    /// <param name="probeNames">The full names of the probes, for the plan.</param>
    public ScriptChecker(
        ScriptTree tree, RecordTypes types, ScriptSettings settings, IReadOnlyList<(Probe Probe, ProbeContext Context)> programs, IReadOnlyList<string> probeNames)
    {
        (_tree, Types, Settings, _programs, _probeNames) = (tree, types, settings, programs, probeNames);
        Maps = new CheckedMaps(settings, Messages);
    }

    /// <summary>Errors and warnings so far.</summary>
    public IReadOnlyList<ScriptDiagnostic> Diagnostics => Messages.All;

    internal RecordTypes Types { get; }

    internal ScriptSettings Settings { get; }

    internal ScriptMessages Messages { get; } = new();

    internal CheckedMaps Maps { get; }

    /// <summary>There are variables declared of no type (<c>let $x;</c>) that nothing has given one.</summary>
    internal bool AreLetsOpen { get; set; }

    /// <summary>Those are numbers: all that could give them a type has been looked at.</summary>
    internal bool IsLetNumber { get; private set; }

    internal CheckedActions Actions { get; } = new();

    /// <summary>Checks all probes and makes the plan.</summary>
    /// <exception cref="ScriptException">The script has errors: all that were found.</exception>
    public ScriptPlan Check()
    {
        foreach (MapDeclaration declaration in _tree.Maps)
            Maps.Declare(declaration);
        ScriptCalls.Check(_tree, Messages);
        if (Messages.HasErrors)
            throw new ScriptException(Messages.All);
        foreach (FunctionDefinition function in _tree.Functions)
            _functions.Add(function.Name, function);
        FindMapTypes();
        IReadOnlyList<ScriptMap> maps = Maps.Plan();
        foreach ((Probe probe, ProbeContext context) in _programs)
            Checker(probe, context).Finish();
        foreach ((FunctionDefinition function, ProbeContext context) in _called)
            FunctionChecker(function, context).Finish();
        Types.CheckFields(Messages);
        if (Messages.HasErrors)
            throw new ScriptException(Messages.All);
        return new ScriptPlan
        {
            Maps = maps,
            Actions = Actions.Actions,
            Texts = Actions.Texts,
            ProbeNames = _probeNames,
            Settings = Settings,
        };
    }

    /// <summary>Renews the notes in the nodes of a probe, and of the functions that it calls, for one of its contexts. The numbers of actions stay.</summary>
    public void CheckProbe(Probe probe, ProbeContext context)
    {
        Messages.IsSilent = true;
        Checker(probe, context).Finish();
        foreach ((FunctionDefinition function, ProbeContext _) in _called.Where(c => c.Context == context))
            FunctionChecker(function, context).Finish();
        Messages.IsSilent = false;
    }

    /// <summary>A function that the script defines; null: it defines none of the name.</summary>
    internal FunctionDefinition? FindFunction(string name) => _functions.GetValueOrDefault(name);

    internal IEnumerable<string> FunctionNames => _functions.Keys;

    /// <summary>Checks a function for the probes of a context that call it.</summary>
    internal ProbeChecker FunctionChecker(FunctionDefinition function, ProbeContext context)
    {
        if (!_checkers.TryGetValue((function, context), out ProbeChecker? checker))
        {
            _checkers[(function, context)] = checker = new ProbeChecker(this, function, context);
            _called.Add((function, context));
            Maps.HasChanged = true;
        }
        return checker;
    }

    // Some of its probes mean no event of this machine: what they would assign has no type.
    private bool IsPartial => _tree.Probes.Any(p => !_programs.Any(program => program.Probe == p));

    private ProbeChecker Checker(Probe probe, ProbeContext context)
    {
        if (!_checkers.TryGetValue((probe, context), out ProbeChecker? checker))
            _checkers[(probe, context)] = checker = new ProbeChecker(this, probe, context);
        return checker;
    }

    private void FindMapTypes()
    {
        Messages.IsSilent = true;
        bool areDefaultsSet = false;
        int passes = 0;
        while (passes++ < MostPasses)
        {
            Maps.HasChanged = false;
            foreach ((Probe probe, ProbeContext context) in _programs)
                Checker(probe, context).Pass();
            // Those that no probe calls are for none, but may be wrong.
            foreach (FunctionDefinition function in _tree.Functions.Where(f => !_called.Exists(c => c.Function == f)))
                FunctionChecker(function, _programs[0].Context);
            for (int i = 0; i < _called.Count; i++)
                FunctionChecker(_called[i].Function, _called[i].Context).Pass();
            if (!Maps.HasChanged && !areDefaultsSet)
            {
                Maps.SetDefaults(IsPartial);
                areDefaultsSet = true;
                Maps.HasChanged |= AreLetsOpen;
                IsLetNumber = true;
            }
            if (!Maps.HasChanged)
                break;
        }
        Messages.IsSilent = false;
        if (passes > MostPasses)
            Messages.Error(_tree.Probes[0].Span, "the types of the maps do not come to an end", "a map is assigned a tuple that holds the map's own value");
    }
}
