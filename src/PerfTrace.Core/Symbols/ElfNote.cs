namespace PerfTrace.Symbols;

/// <summary>An entry of a note section or segment (elf(5), Nhdr).</summary>
/// <param name="Owner">Who defined the type: <c>GNU</c>, <c>stapsdt</c>.</param>
/// <param name="Type">The number that the owner gave to this kind of note.</param>
/// <param name="Description">The contents.</param>
public readonly record struct ElfNote(string Owner, uint Type, ReadOnlyMemory<byte> Description);
