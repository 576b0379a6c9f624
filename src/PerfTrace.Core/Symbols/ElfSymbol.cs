namespace PerfTrace.Symbols;

/// <summary>A symbol that is defined in a file.</summary>
/// <param name="Name">As it is in the file (C++ names are mangled), without version.</param>
/// <param name="Version">The version behind an @: <c>GLIBC_2.14</c>; null without.</param>
/// <param name="IsDefaultVersion">A program that is linked today gets this one (<c>@@</c>); true without version.</param>
/// <param name="Address">Virtual address in the file, before it is loaded anywhere.</param>
/// <param name="Size">Bytes; 0 when the file does not say.</param>
/// <param name="Type">What it names.</param>
/// <param name="Binding">Who sees it.</param>
public readonly record struct ElfSymbol(
    string Name, string? Version, bool IsDefaultVersion, ulong Address, ulong Size, ElfSymbolType Type, ElfSymbolBinding Binding)
{
    public override string ToString() => Version is null ? Name : $"{Name}{(IsDefaultVersion ? "@@" : "@")}{Version}";
}
