using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>Source lines and inlined functions of a file by address, through libdw. One thread at a time: the caller sees to that.</summary>
internal sealed unsafe partial class DwarfFile : IDisposable
{
    private const int TagUnit = 0x11, TagFunction = 0x2e, TagInlined = 0x1d, TagBlock = 0x0b, TagNamespace = 0x39, TagClass = 0x02, TagStruct = 0x13, TagModule = 0x1e;
    private const int TagTry = 0x32, TagCatch = 0x25;
    private const uint LinkageName = 0x6e, OldLinkageName = 0x2007, CallFile = 0x58, CallLine = 0x59, AbstractOrigin = 0x31, Specification = 0x47;

    // No compiler nests deeper; a damaged file might.
    private const int DeepestNesting = 256;

    private readonly DwarfHandle _handle;
    private readonly Demangler _demangler;
    private readonly List<LibDw.Die> _units = [];
    private readonly Dictionary<int, List<(ulong Start, ulong End, LibDw.Die Die)>> _functions = [];
    // The namespaces and classes around functions, by where a function is described: only static functions need it, others have a linkage name.
    private readonly Dictionary<nint, string> _surroundings = [];
    private (ulong Start, ulong End, int Unit)[] _unitRanges = [];

    /// <exception cref="Interop.KernelException">The file can not be opened.</exception>
    /// <exception cref="DllNotFoundException">libdw is not installed.</exception>
    public DwarfFile(string path, Demangler demangler)
    {
        _demangler = demangler;
        _handle = new DwarfHandle(path);
        if (!_handle.IsInvalid)
            ReadUnits();
    }

    /// <summary>It has debug information.</summary>
    public bool HasInformation => _units.Count > 0;

    /// <summary>The functions at an address, the innermost inlined one first, each with its place in the source; empty when nothing tells.</summary>
    public IReadOnlyList<CodeLocation> Locate(ulong address)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        int unit = UnitAt(address);
        if (unit < 0)
            return [];
        LibDw.Die root = _units[unit];
        (string? file, int? line) = LineAt(&root, address);
        List<LibDw.Die> scopes = ScopesAt(unit, address);
        if (scopes.Count == 0)
            return file is null ? [] : (CodeLocation[])[new CodeLocation(null, file, line)];
        var locations = new List<CodeLocation>();
        for (int i = scopes.Count - 1; i >= 0; i--)
        {
            LibDw.Die scope = scopes[i];
            locations.Add(new CodeLocation(NameOf(&scope), file, line));
            // The function around it is where it was called.
            if (i > 0)
                (file, line) = CallOf(&root, &scope);
        }
        return locations;
    }

    /// <summary>The function around an address; null when nothing tells.</summary>
    public DwarfEntry? FunctionAt(ulong address)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return UnitAt(address) is >= 0 and var unit && ScopesAt(unit, address) is [var function, ..] ? new DwarfEntry(this, function) : null;
    }

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public void RequireOpen() => ObjectDisposedException.ThrowIf(_handle.IsClosed, this);

    public void Dispose() => _handle.Dispose();

    private void ReadUnits()
    {
        nint unit = 0, next;
        var ranges = new List<(ulong Start, ulong End, int Unit)>();
        LibDw.Die die;
        while (LibDw.NextUnit(_handle.DangerousGetHandle(), unit, &next, null, null, &die, null) == 0)
        {
            unit = next;
            if (LibDw.Tag(&die) != TagUnit)
                continue;
            foreach ((ulong start, ulong end) in RangesOf(die))
                ranges.Add((start, end, _units.Count));
            _units.Add(die);
        }
        _unitRanges = [.. ranges.OrderBy(static r => r.Start)];
    }

    private int UnitAt(ulong address)
    {
        int low = 0, high = _unitRanges.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_unitRanges[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }
        // Ranges of units do not overlap, but for some of size 0 or that a linker dropped (at address 0).
        for (int i = low - 1; i >= 0 && i >= low - 8; i--)
        {
            if (address < _unitRanges[i].End)
                return _unitRanges[i].Unit;
        }
        return -1;
    }

    // The function, then each that was inlined into the one before.
    private List<LibDw.Die> ScopesAt(int unit, ulong address)
    {
        if (!_functions.TryGetValue(unit, out List<(ulong Start, ulong End, LibDw.Die Die)>? functions))
        {
            functions = [];
            Collect(_units[unit], functions, "", 0);
            _functions.Add(unit, functions);
        }
        var scopes = new List<LibDw.Die>();
        foreach ((ulong start, ulong end, LibDw.Die die) in functions)
        {
            if (address < start || address >= end)
                continue;
            scopes.Add(die);
            Descend(die, address, scopes, 0);
            break;
        }
        return scopes;
    }

    private void Collect(LibDw.Die parent, List<(ulong Start, ulong End, LibDw.Die Die)> functions, string around, int depth)
    {
        LibDw.Die child;
        if (depth > DeepestNesting || LibDw.Child(&parent, &child) != 0)
            return;
        do
        {
            switch (LibDw.Tag(&child))
            {
                case TagFunction:
                    foreach ((ulong start, ulong end) in RangesOf(child))
                        functions.Add((start, end, child));
                    if (around.Length > 0)
                        _surroundings.TryAdd(child.Address, around);
                    break;
                case TagNamespace or TagClass or TagStruct or TagModule:
                    string name = Marshal.PtrToStringUTF8((nint)LibDw.Name(&child)) ?? "(anonymous namespace)";
                    Collect(child, functions, $"{around}{name}::", depth + 1);
                    break;
                default:
                    break;
            }
        }
        while (LibDw.Sibling(&child, &child) == 0);
    }

    private static void Descend(LibDw.Die parent, ulong address, List<LibDw.Die> scopes, int depth)
    {
        LibDw.Die child;
        if (depth > DeepestNesting || LibDw.Child(&parent, &child) != 0)
            return;
        do
        {
            int tag = LibDw.Tag(&child);
            if (tag is not (TagInlined or TagBlock or TagTry or TagCatch) || LibDw.HasAddress(&child, address) <= 0)
                continue;
            if (tag == TagInlined)
                scopes.Add(child);
            Descend(child, address, scopes, depth + 1);
            return;
        }
        while (LibDw.Sibling(&child, &child) == 0);
    }

    private static List<(ulong Start, ulong End)> RangesOf(LibDw.Die die)
    {
        var ranges = new List<(ulong Start, ulong End)>();
        ulong start, from, to;
        nint offset = 0;
        while ((offset = LibDw.Ranges(&die, offset, &start, &from, &to)) > 0)
        {
            if (to > from)
                ranges.Add((from, to));
        }
        return ranges;
    }

    private string? NameOf(LibDw.Die* die)
    {
        LibDw.Attribute attribute;
        foreach (uint name in (uint[])[LinkageName, OldLinkageName])
        {
            if (LibDw.FindAttribute(die, name, &attribute) != null && LibDw.Text(&attribute) is var linkage && linkage != null)
                return _demangler.Demangle(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(linkage));
        }
        return Marshal.PtrToStringUTF8((nint)LibDw.Name(die)) is { } plain ? SurroundingsOf(*die) + plain : null;
    }

    // An inlined function refers to the one that was written, and that to its declaration.
    private string SurroundingsOf(LibDw.Die die)
    {
        for (int steps = 0; steps < 4; steps++)
        {
            if (_surroundings.TryGetValue(die.Address, out string? around))
                return around;
            LibDw.Attribute attribute;
            LibDw.Die next;
            if ((LibDw.FindOwnAttribute(&die, AbstractOrigin, &attribute) == null && LibDw.FindOwnAttribute(&die, Specification, &attribute) == null)
                || LibDw.Reference(&attribute, &next) == null)
            {
                break;
            }
            die = next;
        }
        return "";
    }

    private static (string? File, int? Line) LineAt(LibDw.Die* unit, ulong address)
    {
        nint line = LibDw.FindLine(unit, address);
        if (line == 0)
            return (null, null);
        int number;
        return (Marshal.PtrToStringUTF8((nint)LibDw.FileOfLine(line, null, null)), LibDw.NumberOfLine(line, &number) == 0 && number > 0 ? number : null);
    }

    private static (string? File, int? Line) CallOf(LibDw.Die* unit, LibDw.Die* inlined)
    {
        LibDw.Attribute attribute;
        ulong value;
        string? file = null;
        int? line = null;
        nint files;
        nuint count;
        if (LibDw.FindAttribute(inlined, CallFile, &attribute) != null && LibDw.Number(&attribute, &value) == 0 && LibDw.Files(unit, &files, &count) == 0 && value < count)
            file = Marshal.PtrToStringUTF8((nint)LibDw.FileName(files, (nuint)value, null, null));
        if (LibDw.FindAttribute(inlined, CallLine, &attribute) != null && LibDw.Number(&attribute, &value) == 0 && value is > 0 and <= int.MaxValue)
            line = (int)value;
        return (file, line);
    }
}
