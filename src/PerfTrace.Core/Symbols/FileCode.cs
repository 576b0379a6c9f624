namespace PerfTrace.Symbols;

/// <summary>The names of a program or library; places are offsets in its file.</summary>
internal sealed class FileCode : CodeSymbols
{
    // A .gnu_debugdata of 20 MB would be a program of gigabytes.
    private const int LargestMiniDebugInfo = 256 << 20;

    private readonly FunctionTable? _functions;
    private readonly IReadOnlyList<ElfSegment> _segments = [];
    private readonly DwarfFiles? _dwarf;
    private readonly string? _missing;
    private readonly FileIdentity? _identity;

    private FileCode(string missing) => _missing = missing;

    private FileCode(FunctionTable functions, ElfFile code, string? debugFile, string? missing, DwarfFiles dwarf)
    {
        _functions = functions;
        _segments = code.Segments;
        File = code.Path;
        DebugFile = debugFile;
        _missing = missing;
        _dwarf = dwarf;
        _identity = FileIdentity.Of(code.Path);
    }

    public override string? File { get; }

    public override string? Missing => _missing ?? (_dwarf is { IsLibraryMissing: true } ? $"Source lines and inlined functions are not known: {LibDw.Advice}." : null);

    /// <summary>The file that debug information was moved to; null: it is in <see cref="File"/>, if anywhere.</summary>
    public string? DebugFile { get; }

    /// <summary>Names that are compressed could not be read, as liblzma is not installed.</summary>
    public bool IsXzMissing { get; private init; }

    /// <summary>How many functions have names.</summary>
    public int Count => _functions?.Count ?? 0;

    public static FileCode Open(CodeModule module, CodeFileFinder finder, Demangler demangler, DwarfFiles dwarf)
    {
        using ElfFile? file = finder.Open(module, out string? reason);
        if (file is null)
            return new FileCode(reason!);
        string? problem = null;
        bool isXzMissing = false;
        var reader = new ElfFunctionReader(file);
        string? debugPath = null, buildId = null;
        try
        {
            reader.Add(file);
            using ElfFile? debug = finder.OpenDebugFile(file, module.ProcessId);
            if (debug is not null)
            {
                debugPath = debug.Path;
                if (!reader.HasAll)
                    reader.Add(debug);
            }
            if (!reader.HasAll)
                problem = AddMiniDebugInfo(file, reader, ref isXzMissing);
            reader.AddLinkageTable();
            buildId = file.BuildId;
        }
        catch (Exception e) when (e is ElfException or IOException)
        {
            // What was read before stays; a damaged table is no reason to have none.
            problem = $"The symbols of {module.Path} can not be read: {e.Message}";
        }
        string? missing = problem ?? (reader.HasAll ? null : Advise(module.Path, buildId, finder.Caches));
        return new FileCode(reader.Build(demangler), file, debugPath, missing, dwarf) { IsXzMissing = isXzMissing };
    }

    public override CodeSymbol? Find(ulong place) => _functions?.Find(place);

    public override ulong? AddressOf(ulong place) => ElfSegments.AddressOf(_segments, place);

    public override ulong? PlaceOf(ulong address) => ElfSegments.OffsetOf(_segments, address);

    public override FunctionCode ReadCode(CodeSymbol function)
    {
        if (File is not { } path || AddressOf(function.Start) is not { } address)
            return base.ReadCode(function);
        if (FileIdentity.Of(path) != _identity)
            throw new CodeNotFoundException($"The file {path} was replaced or removed since its symbols were read.");
        using ElfFile file = ElfFile.Open(path);
        return new FunctionCode(ElfCode.Read(file, address, function.Size), address, file.Machine, path);
    }

    public override IReadOnlyList<CodeLocation> Locate(ulong place) =>
        _dwarf is not null && (DebugFile ?? File) is { } path && AddressOf(place) is { } address ? _dwarf.Locate(path, address) : [];

    // Fedora's: functions without a dynamic symbol, as an xz-compressed ELF file in a section.
    private static string? AddMiniDebugInfo(ElfFile file, ElfFunctionReader reader, ref bool isXzMissing)
    {
        if (file.FindSection(".gnu_debugdata") is not { HasBytes: true } section)
            return null;
        try
        {
            byte[] bytes = XzStream.Decompress(file.ReadSection(section).Span, LargestMiniDebugInfo);
            using ElfFile inner = ElfFile.FromMemory($"{file.Path}(.gnu_debugdata)", bytes);
            reader.Add(inner);
            return null;
        }
        catch (DllNotFoundException)
        {
            isXzMissing = true;
            return $"The symbols of {file.Path} are compressed with xz, and {XzStream.Advice}.";
        }
        catch (Exception e) when (e is InvalidDataException or ElfException)
        {
            return $"The compressed symbols of {file.Path} can not be read: {e.Message}";
        }
    }

    private static string Advise(string path, string? buildId, BuildIdCaches caches) => buildId is not null && caches.InstalledDebugFile(buildId) is { } place
        ? $"The symbols of {path} (build id {buildId}) are not there: install its -dbgsym or -debuginfo package, or put the debug file at {place}."
        : $"The symbols of {path} are not there, and it has no build id to find a debug file by: install a build that is not stripped.";
}
