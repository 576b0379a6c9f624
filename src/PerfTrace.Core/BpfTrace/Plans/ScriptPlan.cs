namespace PerfTrace.BpfTrace;

/// <summary>What a script needs at its run: all but its programs, which need the maps first.</summary>
internal sealed record ScriptPlan
{
    /// <summary>In the order in which the script names them first.</summary>
    public required IReadOnlyList<ScriptMap> Maps { get; init; }

    /// <summary>By their numbers. The programs' own warnings come behind those of the script, when they are generated.</summary>
    public required List<ScriptAction> Actions { get; init; }

    /// <summary>Formats and patterns that values name by a number.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>The full names of the probes, as <c>probe</c> gives them.</summary>
    public required IReadOnlyList<string> ProbeNames { get; init; }

    /// <summary>What the script's config block and the caller set.</summary>
    public required ScriptSettings Settings { get; init; }
}
