using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>A mapping made by mmap(2), unmapped exactly once.</summary>
internal sealed unsafe class MemoryMap : SafeHandle
{
    private const nint MapFailed = -1;

    private MemoryMap(nint address, nuint length)
        : base(MapFailed, ownsHandle: true)
    {
        SetHandle(address);
        Length = length;
    }

    public nuint Length { get; }

    public byte* Address => (byte*)handle;

    public override bool IsInvalid => handle == MapFailed;

    /// <summary>Maps <paramref name="length"/> bytes of a descriptor, shared, for reading and, when asked, writing.</summary>
    /// <exception cref="KernelException">EPERM beyond <c>kernel.perf_event_mlock_kb</c> or RLIMIT_MEMLOCK; ENOMEM.</exception>
    public static MemoryMap Shared(FileDescriptor fd, nuint length, bool writable, long offset = 0)
    {
        const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;
        nint address = NativeMethods.MemoryMap(0, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, (nint)offset);
        return address == MapFailed
            ? throw KernelException.Create(KernelException.LastError, "mmap", $"{length} bytes")
            : new MemoryMap(address, length);
    }

    protected override bool ReleaseHandle() => NativeMethods.MemoryUnmap(handle, Length) == 0;
}
