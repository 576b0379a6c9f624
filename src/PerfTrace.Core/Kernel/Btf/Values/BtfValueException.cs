namespace PerfTrace.Kernel;

/// <summary>A value does not fit its type.</summary>
public sealed class BtfValueException(string path, string typeName, string problem) : Exception(path.Length == 0 ? problem : $"{path}: {problem}")
{
    /// <summary>The member that it is for: <c>stats.count[2]</c>; empty for the whole value.</summary>
    public string MemberPath { get; } = path;

    /// <summary>The type as C writes it.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>What does not fit.</summary>
    public string Problem { get; } = problem;
}
