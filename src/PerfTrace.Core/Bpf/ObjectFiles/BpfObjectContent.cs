namespace PerfTrace.Bpf;

/// <summary>What is in an object file that is not loaded.</summary>
/// <param name="Name">The object's name: the file's, up to its first dot.</param>
/// <param name="Path">The file.</param>
/// <param name="Programs">The programs, with what they are to be attached to.</param>
/// <param name="Maps">The maps.</param>
/// <param name="Variables">The global variables.</param>
public sealed record BpfObjectContent(string Name, string Path, IReadOnlyList<BpfObjectProgram> Programs, IReadOnlyList<BpfObjectMap> Maps, IReadOnlyList<BpfObjectVariable> Variables)
{
    public override string ToString() => Name;
}
