namespace PerfTrace.BpfTrace;

/// <summary>What is known of a map while a script is checked.</summary>
internal sealed class CheckedMap(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether the script gives it keys; null: no use of it has told.</summary>
    public bool? HasKey { get; set; }

    public ScriptType? Key { get; set; }

    public ScriptType? Value { get; set; }

    /// <summary>Its declaration at the head of the script; null for none.</summary>
    public MapDeclaration? Declaration { get; set; }

    public bool IsUsed { get; set; }

    /// <summary>Where it is used first; null: nowhere yet.</summary>
    public SourceSpan? FirstUse { get; set; }

    /// <summary>The script assigns it, be it a value that is refused.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>The script deletes the one entry that it has.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Nothing assigns it.</summary>
    public bool IsMissing { get; set; }

    /// <summary>What it is assigned is no value for a map: it is not taken for one that holds numbers.</summary>
    public bool IsRefused { get; set; }

    /// <summary>For the plan, once all types are found.</summary>
    public ScriptMap? Planned { get; set; }
}
