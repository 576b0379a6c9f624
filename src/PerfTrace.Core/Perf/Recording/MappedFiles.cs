using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>The programs and libraries that were mapped while recording, and their build ids.</summary>
internal sealed class MappedFiles(SystemPaths paths)
{
    private const ushort KernelMode = 1, UserMode = 2, HasSize = 1 << 15;
    private const int BuildIdSize = 20;

    private readonly Dictionary<string, int> _files = [];
    private readonly Dictionary<string, string> _modules = [];

    /// <summary>Remembers a file and a process that has it mapped.</summary>
    public void Add(string path, int processId)
    {
        // "//anon", "/memfd:…" and "/SYSV…" are no files; what was removed can not be read any more.
        if (path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.EndsWith(" (deleted)", StringComparison.Ordinal))
            _files.TryAdd(path, processId);
    }

    public void AddKernelModule(string path, string name) => _modules.TryAdd(path, name);

    /// <summary>The section of build ids: struct { header; i32 pid; u8 build_id[20]; u8 size; u8 reserved[3]; char filename[]; } each.</summary>
    public byte[] ToSection()
    {
        var buffer = new RecordBuffer();
        Append(buffer, KernelMode, "[kernel.kallsyms]", NotesOf(Path.Combine(paths.Sys, "kernel/notes")));
        foreach ((string path, string name) in _modules.OrderBy(static m => m.Key, StringComparer.Ordinal))
            Append(buffer, KernelMode, path, NotesOf(Path.Combine(paths.Sys, "module", name, "notes/.note.gnu.build-id")));
        foreach ((string path, int process) in _files.OrderBy(static f => f.Key, StringComparer.Ordinal))
            Append(buffer, UserMode, path, BuildIdOf(path, process));
        return buffer.ToArray();
    }

    private static void Append(RecordBuffer buffer, ushort mode, string path, string? buildId)
    {
        if (buildId is null)
            return;
        byte[] id = Convert.FromHexString(buildId);
        int size = Math.Min(id.Length, BuildIdSize);
        buffer.Begin(0, (ushort)(mode | HasSize)).Word32(uint.MaxValue).Bytes(id.AsSpan(0, size)).Bytes(new byte[BuildIdSize - size])
            .Byte((byte)size).Bytes([0, 0, 0]).Text(path, 64).End();
    }

    // Through the process's root, where it is still there: a container has other files of that name.
    private string? BuildIdOf(string path, int process)
    {
        string root = Path.Combine(paths.Proc, process.ToString(CultureInfo.InvariantCulture), "root");
        foreach (string candidate in (string[])[root + path, path])
        {
            try
            {
                using ElfFile file = ElfFile.Open(candidate);
                return file.BuildId;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
            {
                // Gone with its process, forbidden, or no ELF file (a JIT's code in a mapped file).
            }
        }
        return null;
    }

    // Notes without a file around them: u32 name size, u32 size, u32 type, each padded to four bytes.
    private static string? NotesOf(string path)
    {
        const uint BuildIdType = 3;
        if (!File.Exists(path))
            return null;
        var bytes = new PerfDataBytes(KernelFile.ReadBytes(path), !BitConverter.IsLittleEndian, 0);
        for (int at = 0; at + 12 <= bytes.Length;)
        {
            int nameSize = (int)bytes.Word32(at), size = (int)bytes.Word32(at + 4), content = at + 12 + ((nameSize + 3) & ~3);
            if (bytes.Word32(at + 8) == BuildIdType && nameSize == 4)
                return Convert.ToHexStringLower(bytes.Slice(content, size));
            at = content + ((size + 3) & ~3);
        }
        return null;
    }
}
