using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfTrace.Bpf;

/// <summary>An object file as libbpf has it open, and the room for the kernel's log of its programs.</summary>
internal sealed unsafe class BpfObjectHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>The most that a kernel before 5.2 takes (UINT_MAX >> 8). Memory that is not written to takes none.</summary>
    private const int LogSize = (16 << 20) - 1;

    private byte* _log;

    public BpfObjectHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>What the kernel said last about a program or the type information.</summary>
    public string KernelLog => Marshal.PtrToStringUTF8((nint)_log) ?? "";

    /// <summary>Opens an object file; <see cref="SafeHandle.IsInvalid"/> when libbpf does not take it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pinRoot">Where maps that are to be pinned are; null: where libbpf has them.</param>
    /// <param name="error">The error number where it is invalid.</param>
    /// <exception cref="DllNotFoundException">libbpf is not installed.</exception>
    public static BpfObjectHandle Open(string path, string? pinRoot, out int error) => Open(path, pinRoot, null, out error);

    /// <summary>Opens an object that is in memory.</summary>
    /// <param name="data">The bytes of the file, which libbpf reads now and not later.</param>
    /// <param name="name">What the object is called.</param>
    /// <param name="error">The error number where it is invalid.</param>
    /// <exception cref="DllNotFoundException">libbpf is not installed.</exception>
    public static BpfObjectHandle Open(byte[] data, string name, out int error) => Open(name, null, data, out error);

    private static BpfObjectHandle Open(string name, string? pinRoot, byte[]? data, out int error)
    {
        var handle = new BpfObjectHandle { _log = (byte*)NativeMemory.AllocZeroed(LogSize) };
        nint root = Marshal.StringToCoTaskMemUTF8(pinRoot), objectName = data is null ? 0 : Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            var options = new LibBpf.OpenOptions
            {
                Size = (nuint)sizeof(LibBpf.OpenOptions),
                ObjectName = (byte*)objectName,
                PinRoot = (byte*)root,
                KernelLog = handle._log,
                KernelLogSize = LogSize,
            };
            fixed (byte* bytes = data)
                handle.SetHandle(bytes is null ? LibBpf.Open(name, &options) : LibBpf.OpenMemory(bytes, (nuint)data!.Length, &options));
            error = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        }
        catch
        {
            handle.ReleaseHandle();
            throw;
        }
        finally
        {
            Marshal.FreeCoTaskMem(root);
            Marshal.FreeCoTaskMem(objectName);
        }
        if (handle.IsInvalid)
            handle.ReleaseHandle();
        return handle;
    }

    protected override bool ReleaseHandle()
    {
        if (!IsInvalid)
            LibBpf.Close(handle);
        NativeMemory.Free(_log);
        _log = null;
        return true;
    }
}
