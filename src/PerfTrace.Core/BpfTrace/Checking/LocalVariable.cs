namespace PerfTrace.BpfTrace;

/// <summary>A variable of a block. Variables of one name in blocks beside each other, or in a block inside that declares it anew, are different ones.</summary>
internal sealed class LocalVariable(string name)
{
    /// <summary>With its sign.</summary>
    public string Name { get; } = name;

    /// <summary>Null until the first assignment, or the declaration, has told.</summary>
    public ScriptType? Type { get; set; }

    /// <summary>Its declaration says the type: assignments do not change it.</summary>
    public bool IsDeclared { get; set; }

    /// <summary>The script takes its address.</summary>
    public bool IsAddressed { get; set; }

    /// <summary>
    /// Its value can come of more than one place: of several assignments, of a declaration without one, of a loop's body that is a function of its own. The verifier then
    /// forgets what an address in it leads to.
    /// </summary>
    public bool IsMerged { get; set; }
}
