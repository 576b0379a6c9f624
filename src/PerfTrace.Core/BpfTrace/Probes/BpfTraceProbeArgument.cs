namespace PerfTrace.BpfTrace;

/// <summary>A value that a probe has.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Name">As a script names it: of <c>args.name</c> the name, else <c>retval</c> or <c>arg0</c>.</param>
/// <param name="Type">Its type in C, without the name.</param>
public sealed record BpfTraceProbeArgument(string Probe, string Name, string Type)
{
    /// <summary>As C declares it: <c>char comm[16]</c>.</summary>
    public override string ToString()
    {
        int bracket = Type.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? $"{Type}{(Type.EndsWith('*') ? "" : " ")}{Name}" : $"{Type[..bracket].TrimEnd()} {Name}{Type[bracket..]}";
    }
}
