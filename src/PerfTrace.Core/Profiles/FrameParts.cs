namespace PerfTrace.Profiles;

/// <summary>What tells two frames of a profile apart.</summary>
[Flags]
internal enum FrameParts
{
    None = 0,

    /// <summary>The module's name.</summary>
    Module = 1,

    /// <summary>The function's name, and that of its module.</summary>
    Symbol = 2 | Module,

    /// <summary>Where the function begins: two of one name are two, and what has no name is told apart by its address.</summary>
    Address = 4,

    /// <summary>The file and the line.</summary>
    SourceLine = 8,

    /// <summary>The instruction's address.</summary>
    Instruction = 16 | Symbol,
}
