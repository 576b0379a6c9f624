namespace PerfTrace.BpfTrace;

/// <summary>A script as it was read.</summary>
internal sealed record ScriptTree
{
    public required ScriptSource Source { get; init; }

    /// <summary>The structs, enumerations, typedefs and constants at its head.</summary>
    public IReadOnlyList<CDefinition> Definitions { get; init; } = [];

    public ConfigBlock? Config { get; init; }

    public IReadOnlyList<ImportDirective> Imports { get; init; } = [];

    public IReadOnlyList<MapDeclaration> Maps { get; init; } = [];

    public IReadOnlyList<MacroDefinition> Macros { get; init; } = [];

    public IReadOnlyList<FunctionDefinition> Functions { get; init; } = [];

    /// <summary>In the order in which they stand, which is that of several <c>begin</c>.</summary>
    public IReadOnlyList<Probe> Probes { get; init; } = [];
}
