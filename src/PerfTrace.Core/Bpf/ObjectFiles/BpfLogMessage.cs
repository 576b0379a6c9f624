namespace PerfTrace.Bpf;

/// <summary>A message of libbpf's about an object file.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Text">The text, without libbpf's name before it.</param>
public sealed record BpfLogMessage(BpfLogLevel Level, string Text)
{
    public override string ToString() => Text;
}
