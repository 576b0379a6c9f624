namespace PerfTrace.BpfTrace;

/// <summary>
/// Variables that are used behind the block in which they are assigned first. Since bpftrace 0.22 a variable ends with its block; scripts that were written before rely on the
/// older rule, under which it was the probe's (tcpconnect.bt and tcpdrop.bt of Debian 12, for two). Such a variable is declared at the begin of its probe, with a warning.
/// </summary>
/// <param name="diagnostics">Where the warnings go.</param>
internal sealed class VariableHoister(List<ScriptDiagnostic> diagnostics) : TreeRewriter(diagnostics)
{
    private readonly Stack<HashSet<string>> _scopes = new();
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly List<ScratchVariable> _hoisted = [];

    protected override Probe RewriteProbe(Probe probe)
    {
        _scopes.Clear();
        _ended.Clear();
        _hoisted.Clear();
        _ = base.RewriteProbe(probe);
        if (_hoisted.Count == 0)
            return probe;
        foreach (ScratchVariable variable in _hoisted)
        {
            Diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Warning, variable.Span, $"{variable.Name} is assigned first in a block that has ended; here it is still known, as in bpftrace before 0.22",
                $"write let {variable.Name}; before that block"));
        }
        IEnumerable<Statement> declarations = _hoisted.Select(static v => new LetStatement(v.Span, new ScratchVariable(v.Span, v.Name), null, null));
        return new Probe(probe.Span, probe.AttachPoints, probe.Predicate, new BlockExpression(probe.Body.Span, [.. declarations, .. probe.Body.Statements], probe.Body.Value));
    }

    protected override BlockExpression RewriteBlock(BlockExpression block)
    {
        _scopes.Push(new HashSet<string>(StringComparer.Ordinal));
        BlockExpression same = base.RewriteBlock(block);
        _ended.UnionWith(_scopes.Pop());
        return same;
    }

    protected override Statement RewriteParts(Statement statement)
    {
        switch (statement)
        {
            case AssignStatement { Target: ScratchVariable variable, Operator: null } assign:
                _ = Rewrite(assign.Value);
                if (!IsKnown(variable.Name))
                    Declare(variable);
                return statement;
            case LetStatement let:
                if (let.Value is not null)
                    _ = Rewrite(let.Value);
                Declare(let.Variable);
                return statement;
            case ForMapStatement { Variable: var variable }:
                return RewriteLoop(statement, variable);
            case ForRangeStatement { Variable: var variable }:
                return RewriteLoop(statement, variable);
            default:
                return base.RewriteParts(statement);
        }
    }

    protected override ScratchVariable RewriteVariable(ScratchVariable variable)
    {
        if (!IsKnown(variable.Name) && _ended.Contains(variable.Name))
        {
            _hoisted.Add(variable);
            _scopes.Last().Add(variable.Name); // the outermost
        }
        return variable;
    }

    // The loop's variable is that of its body.
    private Statement RewriteLoop(Statement statement, ScratchVariable variable)
    {
        _scopes.Push(new HashSet<string>(StringComparer.Ordinal) { variable.Name });
        _ = base.RewriteParts(statement);
        _ = _scopes.Pop();
        return statement;
    }

    private bool IsKnown(string name) => _scopes.Any(s => s.Contains(name));

    private void Declare(ScratchVariable variable) => _scopes.Peek().Add(variable.Name);
}
