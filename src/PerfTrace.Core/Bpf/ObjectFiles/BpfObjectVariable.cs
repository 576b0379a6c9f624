namespace PerfTrace.Bpf;

/// <summary>A global variable of an object file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">Where it is: <c>.rodata</c> can be set before the object is loaded alone.</param>
/// <param name="TypeName">Its type, as C writes it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Value">What it begins with.</param>
public sealed record BpfObjectVariable(string Name, string Section, string TypeName, int Size, object? Value)
{
    public override string ToString() => Name;
}
