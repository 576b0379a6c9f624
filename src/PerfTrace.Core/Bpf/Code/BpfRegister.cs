namespace PerfTrace.Bpf;

/// <summary>
/// The registers of the BPF machine, <c>include/uapi/linux/bpf.h</c>: <see cref="R0"/> has results, <see cref="R1"/> to <see cref="R5"/> arguments (a call destroys them),
/// <see cref="R6"/> to <see cref="R9"/> survive calls, <see cref="R10"/> is the frame pointer and can not be written.
/// </summary>
public enum BpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
