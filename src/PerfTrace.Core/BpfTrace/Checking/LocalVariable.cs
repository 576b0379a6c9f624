namespace PerfTrace.BpfTrace;

/// <summary>A variable of a block. Variables of one name in blocks beside each other, or in a block inside that declares it anew, are different ones.</summary>
internal sealed class LocalVariable(string name)
{
    /// <summary>With its sign.</summary>
    public string Name { get; } = name;

    /// <summary>Null until the first assignment, or the declaration, has told.</summary>
    public ScriptType? Type { get; set; }
}
