using System.Buffers.Binary;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>The ELF header of an object file, looked at before libbpf does: it does not say of all faults which they are.</summary>
internal static class BpfObjectHeader
{
    // elf(5)
    private const int HeaderSize = 64, ClassOffset = 4, DataOffset = 5, TypeOffset = 16, MachineOffset = 18;
    private const byte Class64 = 2, LittleEndian = 1, BigEndian = 2;
    private const ushort Relocatable = 1, MachineBpf = 247;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="KernelException">It can not be read.</exception>
    /// <exception cref="BpfObjectException">It is no object file for this machine.</exception>
    public static void Check(string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        int length;
        try
        {
            const int O_NONBLOCK = 0x800; // a FIFO without writer would block open(2)
            using var file = FileDescriptor.Open(path, O_NONBLOCK);
            length = file.Read(header);
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }
        catch (KernelException e) when (e.Errno == Errno.EISDIR)
        {
            throw Damaged("it is a folder: name the files in it, with wildcards if there are many (*.bpf.o)");
        }
        if (length < 4 || !header[..4].SequenceEqual("\u007fELF"u8))
            throw Damaged("it is no ELF file; a BPF object is what 'clang -target bpf -g -O2 -c' makes");
        if (length < HeaderSize)
            throw Damaged("its ELF header is cut short");
        byte order = header[DataOffset];
        if (order is not (LittleEndian or BigEndian) || header[ClassOffset] != Class64)
            throw Damaged("it is no 64-bit ELF file");
        bool isLittle = order == LittleEndian;
        if (isLittle != BitConverter.IsLittleEndian)
        {
            throw new BpfObjectException(path, BpfObjectProblem.ByteOrder,
                $"it is for {(isLittle ? "little" : "big")}-endian machines, and this one is {(isLittle ? "big" : "little")}-endian: compile it with 'clang -target bpf', which takes this machine's order.");
        }
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(header[MachineOffset..]), type = BinaryPrimitives.ReadUInt16LittleEndian(header[TypeOffset..]);
        if (machine != MachineBpf || type != Relocatable)
            throw Damaged("it is an ELF file, but no BPF object; one is what 'clang -target bpf -g -O2 -c' makes");

        BpfObjectException Damaged(string problem) => new(path, BpfObjectProblem.Damaged, $"{problem}.");
    }
}
