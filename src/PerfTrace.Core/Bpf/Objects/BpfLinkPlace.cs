namespace PerfTrace.Bpf;

/// <summary>One of the places of a link that has many.</summary>
/// <param name="Function">The kernel's function; null in a user-space program, and where addresses are hidden.</param>
/// <param name="Address">Its address in the kernel, or the offset in the program's file.</param>
/// <param name="Cookie">What the program gets from bpf_get_attach_cookie there.</param>
public sealed record BpfLinkPlace(string? Function, ulong Address, ulong Cookie)
{
    public override string ToString() => Function ?? $"0x{Address:x}";
}
