using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>From the text of a script to the tree that the checker takes: imports are in it, macros expanded, parameters in place, constants computed.</summary>
internal static class ScriptReader
{
    private static readonly string[] MapKinds = ["hash", "lruhash", "percpuhash", "percpulruhash"];

    /// <exception cref="ScriptException">The script has errors; all that were found.</exception>
    public static ReadScript Read(ScriptSource source, ScriptOptions options)
    {
        var diagnostics = new List<ScriptDiagnostic>();
        ScriptTree tree = ScriptParser.Parse(source, options, diagnostics);
        tree = ImportReader.Read(tree, options, diagnostics);
        // What is missing in a part that could not be read would be told again wherever it is used.
        ThrowIfWrong(diagnostics);
        ScriptSettings settings = SettingsReader.Read(tree.Config, options.Settings, diagnostics);
        settings = SettingsReader.Read(options.Environment, settings, diagnostics);
        CheckMaps(tree, diagnostics);
        tree = MacroExpander.Expand(tree, diagnostics);
        ThrowIfWrong(diagnostics);
        tree = ParameterBinder.Bind(tree, options, diagnostics);
        tree = new BuiltinResolver(diagnostics).Rewrite(tree);
        tree = new ConstantFolder(diagnostics).Rewrite(tree);
        tree = new VariableHoister(diagnostics).Rewrite(tree);
        ThrowIfWrong(diagnostics);
        return new ReadScript(tree, settings, diagnostics);
    }

    private static void ThrowIfWrong(List<ScriptDiagnostic> diagnostics)
    {
        if (diagnostics.Any(static d => d.Severity == ScriptSeverity.Error))
            throw new ScriptException(diagnostics);
    }

    private static void CheckMaps(ScriptTree tree, List<ScriptDiagnostic> diagnostics)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (MapDeclaration map in tree.Maps)
        {
            if (!names.Add(map.Name))
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, map.Span, $"the map {map.Name} is declared twice"));
            if (!MapKinds.Contains(map.Kind))
            {
                IReadOnlyList<string> near = NearestNames.Find(map.Kind, MapKinds);
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, map.Span, $"'{map.Kind}' is no type of map",
                    near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : string.Join(", ", MapKinds)));
            }
            if (map.Capacity is 0 or > int.MaxValue)
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, map.Span, "a map must hold at least 1 entry, and at most 2147483647"));
        }
    }
}
