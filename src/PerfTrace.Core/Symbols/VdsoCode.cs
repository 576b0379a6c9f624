using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>The names of what the kernel maps into each process (vdso(7)); places are offsets in the image, which is read out of this process's memory.</summary>
internal sealed class VdsoCode : CodeSymbols
{
    private readonly FunctionTable? _functions;
    private readonly IReadOnlyList<ElfSegment> _segments;
    private readonly string _name;

    private VdsoCode(FunctionTable? functions, string? missing, ReadOnlyMemory<byte> image = default, IReadOnlyList<ElfSegment>? segments = null, string name = "[vdso]")
    {
        _functions = functions;
        Image = image;
        _segments = segments ?? [];
        Missing = missing;
        _name = name;
    }

    public override string? Missing { get; }

    /// <summary>The image's bytes.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    public static VdsoCode Open(CodeModule module, SystemPaths paths, CodeFileFinder finder, Demangler demangler)
    {
        try
        {
            using ElfFile? own = ReadOwn(paths);
            if (own is not null && (module.BuildId is null || own.BuildId == module.BuildId))
                return Read(own, demangler);
            if (module.BuildId is { } buildId && finder.Caches.PerfCopy(buildId, "vdso") is { } copy)
            {
                using ElfFile kept = ElfFile.Open(copy);
                if (kept.BuildId == buildId)
                    return Read(kept, demangler);
            }
        }
        catch (Exception e) when (e is ElfException or Interop.KernelException or IOException)
        {
            return new VdsoCode(null, $"The image of {module.Path} can not be read: {e.Message}");
        }
        return new VdsoCode(null, $"The recording's {module.Path} is of another kernel (build id {module.BuildId ?? "unknown"}): bring perf's copy of it (~/.debug) from the machine that recorded.");
    }

    public override CodeSymbol? Find(ulong place) => _functions?.Find(place);

    public override ulong? AddressOf(ulong place) => ElfSegments.AddressOf(_segments, place);

    public override ulong? PlaceOf(ulong address) => ElfSegments.OffsetOf(_segments, address);

    public override FunctionCode ReadCode(CodeSymbol function)
    {
        if (AddressOf(function.Start) is not { } address)
            return base.ReadCode(function);
        using ElfFile file = ElfFile.FromMemory(_name, Image);
        return new FunctionCode(ElfCode.Read(file, address, function.Size), address, file.Machine, _name);
    }

    private static VdsoCode Read(ElfFile file, Demangler demangler)
    {
        var reader = new ElfFunctionReader(file);
        reader.Add(file);
        return new VdsoCode(reader.Build(demangler), null, file.Read(0, file.Length, "image"), file.Segments, file.Path);
    }

    private static unsafe ElfFile? ReadOwn(SystemPaths paths)
    {
        foreach (string line in System.IO.File.ReadLines(Path.Combine(paths.Proc, "self/maps")))
        {
            // 7ffd5a1c6000-7ffd5a1c8000 r-xp 00000000 00:00 0                          [vdso]
            if (!line.EndsWith("[vdso]", StringComparison.Ordinal))
                continue;
            int dash = line.IndexOf('-'), space = line.IndexOf(' ');
            nuint start = nuint.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            nuint end = nuint.Parse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            // The kernel's, for as long as the process runs.
            return ElfFile.FromMemory("[vdso]", new ReadOnlySpan<byte>((void*)start, (int)(end - start)).ToArray());
        }
        return null;
    }
}
