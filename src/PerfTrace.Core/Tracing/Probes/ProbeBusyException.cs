namespace PerfTrace.Tracing;

/// <summary>A probe can not be removed because its event is in use.</summary>
public sealed class ProbeBusyException(string name, string users)
    : Exception($"The probe '{name}' is in use: {users}.")
{
    public string Name { get; } = name;

    /// <summary>Who uses it, as far as tracefs tells.</summary>
    public string Users { get; } = users;
}
