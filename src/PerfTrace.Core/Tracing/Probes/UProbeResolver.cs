using System.Globalization;
using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>Turns <c>path:symbol+offset</c> and <c>path:0xoffset</c> into a place in a file. The kernel would take any offset, and only fail, or never fire, later.</summary>
public static class UProbeResolver
{
    /// <summary>Splits at the last colon, as the kernel does: a path may have colons.</summary>
    /// <exception cref="ProbeSyntaxException">There is no path or no place.</exception>
    public static (string Path, string Place) Split(string location)
    {
        int colon = location.LastIndexOf(':');
        return colon > 0 && colon + 1 < location.Length
            ? (location[..colon], location[(colon + 1)..])
            : throw new ProbeSyntaxException(location, $"'{location}' is no place in a file: write path:function, path:function+offset or path:0xoffset.");
    }

    /// <summary>Finds a place in a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="place"><c>symbol</c>, <c>symbol+offset</c>, or a number: the offset in the file.</param>
    /// <param name="isReturn">The probe is to fire at the function's return; then the place must be its beginning.</param>
    /// <param name="verbose">Hears which file the symbols are from.</param>
    /// <exception cref="KernelException">The file is not there or may not be read.</exception>
    /// <exception cref="ElfException">It is no program or library.</exception>
    /// <exception cref="SymbolNotFoundException">It has no such function.</exception>
    /// <exception cref="ProbeSyntaxException">The offset is no number.</exception>
    /// <exception cref="ProbePlaceException">The place is not in its code, or not the only one of its name; or the file is for another machine.</exception>
    public static UProbeTarget Resolve(string path, string place, bool isReturn, Action<string>? verbose = null)
    {
        using ElfFile file = ElfFile.Open(path);
        if (!CanRunHere(file.Machine))
            throw new ProbePlaceException(place, $"{path} is for machines of the kind {file.Machine}: no process of this one runs it.");
        UProbeTarget target = char.IsAsciiDigit(place[0]) ? FromOffset(file, place, verbose) : FromSymbol(file, place, verbose);
        if (isReturn && target is { Symbol: not null, SymbolOffset: > 0 })
        {
            // The kernel would replace whatever word is on top of the stack there.
            throw new ProbePlaceException(place,
                $"A probe at the return is put at the function's beginning, and this is {target.Symbol}+0x{target.SymbolOffset:x}: elsewhere the program would crash.");
        }
        return target;
    }

    /// <summary>Refuses a reference counter that is not in the data of the file.</summary>
    /// <exception cref="ProbePlaceException">It is not.</exception>
    public static void CheckReferenceCounter(string path, ulong offset)
    {
        using ElfFile file = ElfFile.Open(path);
        if (!file.Segments.Any(s => s is { IsLoaded: true, IsWritable: true } && s.HasOffset(offset)))
            throw new ProbePlaceException($"0x{offset:x}", $"The reference counter at 0x{offset:x} is not in the writable data of {path}: {Ranges(file, static s => s.IsWritable)}.");
    }

    /// <summary>The functions of a file that have a wanted name, in the order of their names; of a name each place that it has.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="isWanted">A name is.</param>
    /// <param name="verbose">Hears which file the symbols are from.</param>
    /// <exception cref="KernelException">The file is not there or may not be read.</exception>
    /// <exception cref="ElfException">It is no program or library.</exception>
    /// <exception cref="ProbePlaceException">It is for another machine.</exception>
    public static IReadOnlyList<(UProbeTarget Target, ulong Address)> Find(string path, Func<string, bool> isWanted, Action<string>? verbose = null)
    {
        using ElfFile file = ElfFile.Open(path);
        if (!CanRunHere(file.Machine))
            throw new ProbePlaceException(path, $"{path} is for machines of the kind {file.Machine}: no process of this one runs it.");
        return
        [
            .. SeparateDebugFile.ReadSymbols(file, verbose: verbose).All.Where(s => isWanted(s.Name) && IsCode(file, s)).DistinctBy(static s => (s.Name, s.Address))
                .OrderBy(static s => s.Name, StringComparer.Ordinal).ThenBy(static s => s.Address)
                .Select(s => (new UProbeTarget(file.Path, file.OffsetOf(s.Address)!.Value, s.Name, 0, s.Type == ElfSymbolType.IndirectFunction), s.Address)),
        ];
    }

    /// <summary>The functions of a file by name, sorted, for completion.</summary>
    public static IReadOnlyList<string> FunctionNames(string path)
    {
        try
        {
            using ElfFile file = ElfFile.Open(path);
            return Functions(file, SeparateDebugFile.ReadSymbols(file));
        }
        catch (Exception e) when (e is ElfException or KernelException)
        {
            return []; // names for completion: whoever makes the probe gets the error
        }
    }

    // 64-bit kernels run programs of the 32-bit kind, too. What is not known here the kernel may know.
    private static bool CanRunHere(ElfMachine machine) => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => machine is ElfMachine.X86_64 or ElfMachine.X86,
        Architecture.Arm64 => machine is ElfMachine.Arm64 or ElfMachine.Arm,
        _ => true,
    };

    private static UProbeTarget FromOffset(ElfFile file, string place, Action<string>? verbose)
    {
        if (!ProbeText.TryParseNumber(place, out ulong offset))
            throw new ProbeSyntaxException(place, $"'{place}' is no offset: write it as 0x1a2b.");
        if (!file.IsCode(offset))
            throw new ProbePlaceException(place, $"The offset 0x{offset:x} is not in the code of {file.Path}: {Ranges(file, static s => s.IsExecutable)}.");
        ulong address = file.AddressOf(offset)!.Value;
        return SeparateDebugFile.ReadSymbols(file, verbose: verbose).Find(address) is { } symbol
            ? new UProbeTarget(file.Path, offset, symbol.Name, address - symbol.Address, symbol.Type == ElfSymbolType.IndirectFunction)
            : new UProbeTarget(file.Path, offset, null, 0, false);
    }

    private static UProbeTarget FromSymbol(ElfFile file, string place, Action<string>? verbose)
    {
        int plus = place.LastIndexOf('+');
        string name = plus > 0 ? place[..plus] : place;
        ulong delta = 0;
        if (plus > 0 && !ProbeText.TryParseNumber(place.AsSpan(plus + 1), out delta))
            throw new ProbeSyntaxException(place, $"'{place[(plus + 1)..]}' is no offset: write it as 16 or 0x10.");

        ElfSymbolTable table = SeparateDebugFile.ReadSymbols(file, verbose: verbose);
        ElfSymbol[] found = [.. table.Find(name).Where(s => IsCode(file, s))];
        if (found.Length == 0)
        {
            throw new SymbolNotFoundException(name, file.Path, NearestNames.Find(name, Functions(file, table)), file.Sections.Any(static s => s.Type == ElfSection.SymbolTable)
                ? null
                : $"The file is stripped: only what it exports has a name. Its debug package would have all (build id {file.BuildId ?? "none"}).");
        }
        // Of several versions of a function programs use the default; of several static functions none is better than the others.
        if (found.Select(static s => s.Address).Distinct().Count() > 1 && !(found[0].IsDefaultVersion && found.Skip(1).All(static s => s is { Version: not null, IsDefaultVersion: false }))
            && !(found[0].Binding != ElfSymbolBinding.Local && found.Skip(1).All(static s => s.Binding == ElfSymbolBinding.Local)))
        {
            string places = string.Join(", ", found.Select(s => $"{s} at 0x{file.OffsetOf(s.Address):x}"));
            throw new ProbePlaceException(place, $"There are several functions '{name}' in {file.Path}: {places}. Write path:0xoffset, or the symbol with its version.");
        }
        ElfSymbol symbol = found[0];
        if (delta > 0 && symbol.Size > 0 && delta >= symbol.Size)
            throw new ProbePlaceException(place, $"{symbol.Name} has {symbol.Size:N0} bytes: the offset 0x{delta:x} is behind it.");
        return file.OffsetOf(symbol.Address + delta) is { } offset && file.IsCode(offset)
            ? new UProbeTarget(file.Path, offset, symbol.Name, delta, symbol.Type == ElfSymbolType.IndirectFunction)
            : throw new ProbePlaceException(place, $"{place} is not in the code of {file.Path}: {Ranges(file, static s => s.IsExecutable)}.");
    }

    private static bool IsCode(ElfFile file, ElfSymbol symbol) =>
        symbol.Type != ElfSymbolType.Object && file.OffsetOf(symbol.Address) is { } offset && file.IsCode(offset);

    private static string[] Functions(ElfFile file, ElfSymbolTable table) =>
        [.. table.All.Where(s => IsCode(file, s)).Select(static s => s.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Ranges(ElfFile file, Func<ElfSegment, bool> isWanted)
    {
        string[] ranges =
        [
            .. file.Segments.Where(s => s.IsLoaded && s.FileSize > 0 && isWanted(s))
                .Select(static s => string.Create(CultureInfo.InvariantCulture, $"0x{s.Offset:x} to 0x{s.Offset + s.FileSize - 1:x}")),
        ];
        return ranges.Length == 0 ? "it has none" : $"that is at {string.Join(", ", ranges)}";
    }
}
