namespace PerfTrace.Bpf;

/// <summary>Something that the kernel's BPF has or has not.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The kernel's name.</param>
/// <param name="IsAvailable">It worked when it was tried. Null: it can not be told, for the reason that <see cref="Reason"/> has.</param>
public sealed record BpfFeature(BpfFeatureKind Kind, string Name, bool? IsAvailable)
{
    /// <summary>The kind of program that a helper is for; null for all else.</summary>
    public string? ProgramType { get; init; }

    /// <summary>The value of a setting, option or limit; null for what only is there or not.</summary>
    public object? Value { get; init; }

    /// <summary>What the kernel said when it did not work.</summary>
    public string? Reason { get; init; }

    public override string ToString() => $"{Name}{(Value is null ? "" : $" = {Value}")}{(IsAvailable is null ? "" : IsAvailable == true ? "" : " (no)")}";
}
