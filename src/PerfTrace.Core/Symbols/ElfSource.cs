using Microsoft.Win32.SafeHandles;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>
/// The bytes of an ELF file. A file is read, not mapped: who may write to it could cut it short at any time, and touching a mapped page
/// beyond the new end is SIGBUS, which ends the process.
/// </summary>
internal abstract class ElfSource(string path) : IDisposable
{
    // No table of names or symbols of a real program comes near this; one that claims to is not worth the memory.
    private const ulong LargestRead = 1UL << 30;

    public string Path { get; } = path;

    public abstract ulong Length { get; }

    /// <summary>The path without symbolic links; null when it is no file.</summary>
    public virtual string? RealPath => null;

    /// <exception cref="ElfException">The file ends before that, or the part is too large.</exception>
    public ReadOnlyMemory<byte> Read(ulong offset, ulong length, string what)
    {
        if (offset > Length || length > Length - offset)
            throw new ElfException(Path, $"{what}: {length:N0} bytes at offset 0x{offset:x} are beyond the end of the file (0x{Length:x}).");
        return length <= LargestRead
            ? ReadInside(offset, (int)length, what)
            : throw new ElfException(Path, $"{what}: {length:N0} bytes are too many.");
    }

    public virtual void Dispose()
    {
    }

    protected abstract ReadOnlyMemory<byte> ReadInside(ulong offset, int length, string what);

    /// <summary>An image in memory (a vDSO, an unpacked section, a test).</summary>
    internal sealed class Memory(string path, ReadOnlyMemory<byte> bytes) : ElfSource(path)
    {
        public override ulong Length => (ulong)bytes.Length;

        protected override ReadOnlyMemory<byte> ReadInside(ulong offset, int length, string what) => bytes.Slice((int)offset, length);
    }

    /// <summary>A regular file.</summary>
    internal sealed class File : ElfSource
    {
        private readonly FileDescriptor _descriptor;
        private readonly SafeFileHandle _handle;

        public File(string path)
            : base(path)
        {
            if (Directory.Exists(path))
                throw new ElfException(path, "This is a directory.");
            const int O_NONBLOCK = 0x800; // a FIFO without writer would block open(2)
            try
            {
                _descriptor = FileDescriptor.Open(path, O_NONBLOCK);
            }
            catch (KernelAccessException e) when (e.Advice is null)
            {
                throw new KernelAccessException(e.Errno, e.Call, path, "Run as root, or as a user who may read the file and all folders that it is in.");
            }
            _handle = new SafeFileHandle(_descriptor.DangerousGetHandle(), ownsHandle: false);
            try
            {
                Length = (ulong)RandomAccess.GetLength(_handle);
            }
            catch (NotSupportedException)
            {
                Dispose();
                throw new ElfException(path, "This is not a regular file.");
            }
        }

        public override ulong Length { get; }

        public override string? RealPath => System.IO.File.ResolveLinkTarget($"/proc/self/fd/{_descriptor.Number}", returnFinalTarget: false)?.FullName;

        public override void Dispose()
        {
            _handle.Dispose();
            _descriptor.Dispose();
            base.Dispose();
        }

        protected override ReadOnlyMemory<byte> ReadInside(ulong offset, int length, string what)
        {
            byte[] buffer = new byte[length];
            int done = 0;
            while (done < length)
            {
                int n = RandomAccess.Read(_handle, buffer.AsSpan(done), (long)offset + done);
                if (n == 0)
                    throw new ElfException(Path, $"{what}: the file was cut short at 0x{offset + (ulong)done:x} while it was read.");
                done += n;
            }
            return buffer;
        }
    }
}
