namespace PerfTrace.Profiles;

/// <summary>What the colours of a flame graph tell.</summary>
public enum FlameColoring
{
    /// <summary>Whose the function is: of the program (orange), the kernel (blue), made at run time (green), inlined (teal).</summary>
    Kind,

    /// <summary>Which program, library or part of the kernel it is of: a colour for each.</summary>
    Module,

    /// <summary>Nothing: warm colours, the same for the same name.</summary>
    Name,
}
