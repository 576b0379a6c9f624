using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>
/// A file that a process writes the names of its generated code to. It lies where everybody may write, so it is read only when it is a regular file of
/// root, of this user or of the process's user. It grows while the process runs.
/// </summary>
internal sealed class GeneratedFile
{
    // Longer than any that a runtime writes in a day; what lies behind is not read.
    private const long LargestFile = 512 << 20;

    private const int O_NOFOLLOW = 0x20000, O_NOFOLLOW_ARM = 0x8000, O_NONBLOCK = 0x800;

    private readonly string _path;
    private readonly uint? _processUser;

    /// <param name="path">The file's path, as the process has it.</param>
    /// <param name="processId">The process; -1 when it is not known.</param>
    /// <param name="paths">Where procfs is.</param>
    /// <param name="finder">Knows containers.</param>
    public GeneratedFile(string path, int processId, SystemPaths paths, CodeFileFinder finder)
    {
        _path = path;
        if (processId < 0)
            return;
        string home = Path.Combine(paths.Proc, processId.ToString(CultureInfo.InvariantCulture));
        _processUser = FileIdentity.Of(home)?.Owner;
        if (_processUser is null || finder.RootOf(processId) is not { } root)
            return;
        // In a container the process has another number, and writes that into the name.
        string inside = NumberInside(home) is { } number
            ? path.Replace($"-{processId.ToString(CultureInfo.InvariantCulture)}.", $"-{number}.", StringComparison.Ordinal)
            : path;
        if (File.Exists(root + inside))
            _path = root + inside;
    }

    /// <summary>The file.</summary>
    public string FilePath => _path;

    /// <summary>Why nothing of it is read; null when it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>It is not there.</summary>
    public bool IsAbsent { get; private set; }

    /// <summary>Reads what is behind a place of the file, or so much of it; empty when it has not grown, null when it is another than before or may not be read.</summary>
    public byte[]? Read(ref FileIdentity? before, long from, int? length = null)
    {
        IsAbsent = false;
        try
        {
            int noFollow = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? O_NOFOLLOW_ARM : O_NOFOLLOW;
            using FileDescriptor descriptor = FileDescriptor.Open(_path, noFollow | O_NONBLOCK);
            if (FileIdentity.Of(descriptor.Number) is not { } identity || !IsTrusted(identity))
                return null;
            if (before is { } known && (known.Device != identity.Device || known.Inode != identity.Inode || (long)identity.Size < from))
                return null;
            before = identity;
            Problem = null;
            using var handle = new SafeFileHandle(descriptor.DangerousGetHandle(), ownsHandle: false);
            byte[] bytes = new byte[Math.Clamp(Math.Min((long)identity.Size, LargestFile) - from, 0, length ?? int.MaxValue)];
            int done = 0;
            while (done < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(done), from + done) is > 0 and var n)
                done += n;
            return done == bytes.Length ? bytes : bytes[..done];
        }
        catch (KernelException e)
        {
            IsAbsent = e.Errno is Errno.ENOENT or Errno.ENOTDIR;
            Problem = e.Errno == Errno.ELOOP ? $"{_path} is a symbolic link, and is not followed." : IsAbsent ? null : $"{_path} can not be read: {e.Message}";
            return null;
        }
        catch (IOException e)
        {
            Problem = $"{_path} can not be read: {e.Message}";
            return null;
        }
    }

    private bool IsTrusted(in FileIdentity identity)
    {
        if (!identity.IsRegular)
            Problem = $"{_path} is not a regular file, and is not read.";
        else if (identity.Owner != 0 && identity.Owner != NativeMethods.EffectiveUserId() && identity.Owner != _processUser)
            Problem = $"{_path} is of user {identity.Owner}, neither of root nor of the user that runs the process: its names are not trusted.";
        else
            return true;
        return false;
    }

    // The last number of NSpid: the process's own (proc_pid_status(5), since Linux 4.1).
    private static string? NumberInside(string home)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(home, "status")))
            {
                if (line.StartsWith("NSpid:", StringComparison.Ordinal))
                    return line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[^1];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }
        return null;
    }
}
