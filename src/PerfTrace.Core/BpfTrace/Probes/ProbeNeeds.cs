namespace PerfTrace.BpfTrace;

/// <summary>What a probe's block reads of the event that it runs at: that decides which events can share a program, and which kind of program is enough.</summary>
/// <param name="ReadsArguments">The arguments by name, or the result.</param>
/// <param name="Fields">The arguments by name; null when the block takes them as a whole.</param>
/// <param name="ReadsContext">What depends on the kind of program: the context itself, its registers, the kernel's stack.</param>
/// <param name="ReadsProbe">The name of the attach point.</param>
/// <param name="ReadsPlace">What depends on where in a program the probe is: addresses of variables.</param>
/// <param name="ReadsNumbered">Arguments by their numbers: of USDT probes they depend on the place, too.</param>
internal sealed record ProbeNeeds(bool ReadsArguments, IReadOnlySet<string>? Fields, bool ReadsContext, bool ReadsProbe, bool ReadsPlace = false, bool ReadsNumbered = false)
{
    /// <param name="probe">The probe.</param>
    /// <param name="functions">The script's own functions: what they read, the probes that may call them do.</param>
    public static ProbeNeeds Of(Probe probe, IReadOnlyList<FunctionDefinition> functions)
    {
        var finder = new Finder([.. functions.Select(static f => f.Name)]);
        if (probe.Predicate is { } predicate)
            finder.Rewrite(predicate);
        finder.Rewrite(probe.Body);
        foreach (FunctionDefinition function in functions)
            finder.Rewrite(function.Body);
        return new ProbeNeeds(finder.ReadsArguments, finder.TakesAll ? null : finder.Fields, finder.ReadsContext, finder.ReadsProbe, finder.ReadsPlace, finder.ReadsNumbered);
    }

    private sealed class Finder(HashSet<string> own) : TreeRewriter([])
    {
        public HashSet<string> Fields { get; } = new(StringComparer.Ordinal);

        public bool ReadsArguments { get; private set; }

        public bool TakesAll { get; private set; }

        public bool ReadsContext { get; private set; }

        public bool ReadsProbe { get; private set; }

        public bool ReadsPlace { get; private set; }

        public bool ReadsNumbered { get; private set; }

        protected override Expression RewriteParts(Expression expression)
        {
            switch (expression)
            {
                case FieldAccess { Target: BuiltinExpression { Variable.Kind: BuiltinKind.Arguments } } access:
                    ReadsArguments = true;
                    Fields.Add(access.Field);
                    return expression;
                case BuiltinExpression builtin:
                    Note(builtin.Variable.Kind);
                    ReadsNumbered |= builtin.Variable.Kind == BuiltinKind.Argument;
                    break;
                // What is called by name may read anything, but for what is known not to.
                case CallExpression call:
                    ReadsPlace |= call.Name == "uaddr";
                    ReadsContext |= !own.Contains(call.Name) && ScriptFunctions.Find(call.Name)?.Function is null or ScriptFunction.KStack or ScriptFunction.DwUStack or ScriptFunction.Reg or ScriptFunction.SkbOutput
                        or ScriptFunction.Override or ScriptFunction.Defined or ScriptFunction.Macro;
                    break;
            }
            return base.RewriteParts(expression);
        }

        private void Note(BuiltinKind kind)
        {
            switch (kind)
            {
                case BuiltinKind.Arguments or BuiltinKind.ReturnValue:
                    ReadsArguments = TakesAll = true;
                    break;
                case BuiltinKind.Probe:
                    ReadsProbe = true;
                    break;
                case BuiltinKind.Context or BuiltinKind.Argument or BuiltinKind.StackArgument or BuiltinKind.Function or BuiltinKind.KernelStack or BuiltinKind.DwarfUserStack
                    or BuiltinKind.UserMode:
                    ReadsContext = true;
                    break;
            }
        }
    }
}
