namespace PerfTrace.Bpf;

/// <summary>How wide an access to memory is: BPF_SIZE() of an opcode.</summary>
internal enum BpfSize : byte
{
    Bits32 = 0x00,
    Bits16 = 0x08,
    Bits8 = 0x10,
    Bits64 = 0x18,
}
