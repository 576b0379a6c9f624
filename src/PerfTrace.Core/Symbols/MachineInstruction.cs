namespace PerfTrace.Symbols;

/// <summary>An instruction.</summary>
/// <param name="Offset">Where it begins in the bytes.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Text">As an assembler has it, <c>(bad)</c> where it is none; null when nothing here knows the machine.</param>
/// <param name="Target">The address that it jumps to, calls, or has data at by its own address; null when it names none.</param>
internal readonly record struct MachineInstruction(int Offset, int Length, string? Text, ulong? Target);
