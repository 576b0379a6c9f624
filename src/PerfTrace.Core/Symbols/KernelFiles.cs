using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Where the names of kernels are: in the one that runs, in copies of /proc/kallsyms, in debug packages.</summary>
internal sealed class KernelFiles(SystemPaths paths, SymbolOptions options, CancellationToken stop)
{
    // Kernels are moved by multiples of this (CONFIG_PHYSICAL_ALIGN, MIN_KIMG_ALIGN), so that of _text and _stext only one fits.
    private const ulong Alignment = 2 << 20;

    private readonly BuildIdCaches _caches = new(options);
    private readonly Lock _guard = new();
    private (ulong Text, ulong StartOfText)? _liveText;
    private string? _runningBuildId;
    private bool _isBuildIdRead;

    /// <summary>The build id of the kernel that runs; null when it does not tell.</summary>
    public string? RunningBuildId
    {
        get
        {
            lock (_guard)
            {
                if (!_isBuildIdRead)
                {
                    _runningBuildId = ReadBuildId(Path.Combine(paths.Sys, "kernel/notes"));
                    _isBuildIdRead = true;
                }
                return _runningBuildId;
            }
        }
    }

    /// <summary>The module is of the kernel that runs; of its modules only those that are where they were when it was recorded.</summary>
    public bool IsRunning(CodeModule module)
    {
        if (module.IsOfOtherKernel)
            return false;
        if (module.Kind == CodeModuleKind.Kernel)
            return module.BuildId is null || RunningBuildId is null || module.BuildId == RunningBuildId;
        if (module.RecordedText is { } recorded && LiveText() is { } live && recorded != live.Text && recorded != live.StartOfText)
            return false;
        string? own = ReadBuildId(Path.Combine(paths.Sys, "module", module.Path.Trim('[', ']'), "notes/.note.gnu.build-id"));
        return module.BuildId is null || own is null || own == module.BuildId;
    }

    /// <summary>The module is of the kernel that runs, and that is where it was recorded: what /proc/kallsyms says holds as it is.</summary>
    public bool IsInPlace(CodeModule module) =>
        IsRunning(module) && (module.RecordedText is not { } recorded || LiveText() is not { } live || recorded == live.Text || recorded == live.StartOfText);

    /// <summary>The functions of the kernel that runs, at the addresses where they were recorded; null when they can not be read.</summary>
    public KallsymsReader.Result? ReadLive(ulong? recordedText, Demangler demangler) => Read(Path.Combine(paths.Proc, "kallsyms"), recordedText, demangler);

    /// <summary>The functions of a kernel that perf copied when it recorded.</summary>
    public KallsymsReader.Result? ReadCopy(string buildId, ulong? recordedText, Demangler demangler)
    {
        if (_caches.PerfCopy(buildId, "kallsyms") is { } copy)
            return Read(copy, recordedText, demangler);
        // ~/.debug/[kernel.kallsyms]/BUILDID/kallsyms, where the link by build id was removed.
        return options.PerfCache is { } cache && buildId.All(char.IsAsciiHexDigit) && Path.Combine(cache, "[kernel.kallsyms]", buildId, "kallsyms") is var path && File.Exists(path)
            ? Read(path, recordedText, demangler)
            : null;
    }

    /// <summary>The code of a function as it is in the memory of the kernel that runs (/proc/kcore, an ELF core file): also what the kernel has changed since it was built.</summary>
    /// <param name="function">The function.</param>
    /// <param name="shift">What was added to addresses of the kernel that runs, so that they are those of the recording.</param>
    /// <exception cref="CodeNotFoundException">The memory can not be read, or has none of it.</exception>
    public FunctionCode ReadMemory(CodeSymbol function, ulong shift)
    {
        string path = Path.Combine(paths.Proc, "kcore");
        try
        {
            using ElfFile memory = ElfFile.Open(path);
            return new FunctionCode(ElfCode.Read(memory, function.Start - shift, function.Size), function.Start, memory.Machine, path);
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT)
        {
            throw new CodeNotFoundException($"{path} is not there: this kernel was built without CONFIG_PROC_KCORE, or a container hides it.");
        }
        catch (Exception e) when (e is KernelException or ElfException or IOException or UnauthorizedAccessException)
        {
            throw new CodeNotFoundException($"{path} can not be read (as root it can, unless the kernel is locked down): {e.Message}");
        }
    }

    /// <summary>The image of a kernel with symbols; null when none of this build id is installed.</summary>
    /// <param name="buildId">Its build id.</param>
    /// <param name="recordedText">Where <c>_text</c> was when it ran; null: where the image says.</param>
    public KernelImage? FindImage(string? buildId, ulong? recordedText)
    {
        if (buildId is not { Length: > 2 })
            return null;
        foreach (string path in Images(buildId))
        {
            try
            {
                using ElfFile file = ElfFile.Open(path);
                if (file.BuildId == buildId)
                    return new KernelImage(file, recordedText, Shift);
            }
            catch (Exception e) when (e is ElfException or KernelException)
            {
                // Compressed (vmlinuz by another name), damaged or not for us: the next may do.
            }
        }
        return null;
    }

    private KallsymsReader.Result? Read(string path, ulong? recordedText, Demangler demangler)
    {
        try
        {
            return KallsymsReader.Read(KernelFile.ReadBytes(path, stop), (text, start) => Shift(recordedText, text, start), demangler, stop);
        }
        catch (KernelException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return null; // nobody wants names any more
        }
    }

    /// <summary>What to add to addresses so that <c>_text</c>, or <c>_stext</c>, is where it was recorded.</summary>
    internal static ulong Shift(ulong? recorded, ulong text, ulong startOfText)
    {
        if (recorded is not { } wanted || wanted == text || wanted == startOfText || (text == 0 && startOfText == 0))
            return 0;
        ulong byText = wanted - text, byStart = wanted - startOfText;
        return text == 0 || (byText % Alignment != 0 && startOfText != 0 && byStart % Alignment == 0) ? byStart : byText;
    }

    // Only the first lines are looked at: _text and _stext are where the kernel begins.
    private (ulong Text, ulong StartOfText)? LiveText()
    {
        lock (_guard)
        {
            if (_liveText is { } known)
                return known;
            ulong text = 0, start = 0;
            try
            {
                foreach (string line in File.ReadLines(Path.Combine(paths.Proc, "kallsyms")))
                {
                    if (line.EndsWith(" _text", StringComparison.Ordinal))
                        text = Address(line);
                    else if (line.EndsWith(" _stext", StringComparison.Ordinal))
                        start = Address(line);
                    if (text != 0 && start != 0)
                        break;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
            return text == 0 && start == 0 ? null : _liveText = (text, start);
        }

        static ulong Address(string line) => ulong.TryParse(line.AsSpan(0, line.IndexOf(' ')), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address) ? address : 0;
    }

    private IEnumerable<string> Images(string buildId)
    {
        if (_caches.PerfCopy(buildId, "vmlinux") is { } copy)
            yield return copy;
        if (_caches.InstalledDebugFile(buildId) is { } installed && File.Exists(installed))
            yield return installed;
        foreach (string fetched in _caches.DebugFilesOf(buildId))
            yield return fetched;
        foreach (string directory in (string[])[options.DebugDirectory + "/boot", Path.Combine(options.Root, "boot")])
        {
            foreach (string path in Matching(directory, "vmlinux-*"))
                yield return path;
        }
        foreach (string parent in (string[])[options.DebugDirectory + "/lib/modules", options.DebugDirectory + "/usr/lib/modules", Path.Combine(options.Root, "lib/modules")])
        {
            foreach (string release in Matching(parent, "*"))
            {
                foreach (string path in (string[])[release + "/vmlinux", release + "/build/vmlinux"])
                {
                    if (File.Exists(path))
                        yield return path;
                }
            }
        }
    }

    private static string[] Matching(string directory, string pattern)
    {
        try
        {
            return Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory, pattern) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A note: sizes of name and contents, type 3, "GNU", the id. /sys/kernel/notes has others around it.
    private static string? ReadBuildId(string path)
    {
        const uint NT_GNU_BUILD_ID = 3;
        byte[] bytes;
        try
        {
            bytes = KernelFile.ReadBytes(path);
        }
        catch (KernelException)
        {
            return null;
        }
        for (int at = 0; at + 12 <= bytes.Length;)
        {
            uint nameSize = BitConverter.ToUInt32(bytes, at), size = BitConverter.ToUInt32(bytes, at + 4), type = BitConverter.ToUInt32(bytes, at + 8);
            long contents = at + 12 + ((nameSize + 3L) & ~3L), next = contents + ((size + 3L) & ~3L);
            if (next > bytes.Length)
                return null;
            if (type == NT_GNU_BUILD_ID && bytes.AsSpan(at + 12).StartsWith("GNU\0"u8) && size > 0)
                return Convert.ToHexStringLower(bytes, (int)contents, (int)size);
            at = (int)next;
        }
        return null;
    }
}
