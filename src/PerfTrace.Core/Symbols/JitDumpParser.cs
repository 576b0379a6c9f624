using System.Text;

namespace PerfTrace.Symbols;

/// <summary>
/// A jitdump (<c>jit-PID.dump</c>): a head and records of functions that were made or moved, with source lines, of either byte order
/// (jitdump-specification.txt of the kernel's tools/perf).
/// </summary>
internal sealed class JitDumpParser
{
    private const uint Magic = 0x4A695444;
    private const int HeadSize = 40, PrefixSize = 16, MostLines = 1 << 22;
    private const uint Load = 0, Move = 1, DebugInfo = 2;

    // By the number of a function.
    private readonly Dictionary<int, (ulong Start, Line[] Lines)> _lines = [];

    // Functions by the index that the process gave them, for moves; debug information by address, which comes before its function.
    private readonly Dictionary<ulong, int> _byIndex = [];
    private readonly Dictionary<ulong, Line[]> _waiting = [];
    private readonly List<ReadOnlyMemory<byte>> _names = [];

    // Where in the file the bytes of each function are.
    private readonly List<(long Offset, int Length)> _code = [];
    private ElfLayout _layout;
    private bool _isDamaged;
    private int _lineCount;
    private long _taken;

    private readonly record struct Line(ulong Address, int Number, string File);

    public GeneratedFunctions Functions { get; } = new();

    /// <summary>What the code is for.</summary>
    public ElfMachine Machine { get; private set; }

    /// <summary>What lies behind can not be told apart.</summary>
    public bool IsDamaged => _isDamaged;

    /// <summary>Takes in what was read; returns how much of it was whole.</summary>
    public int Parse(byte[] bytes, bool isBegin)
    {
        ReadOnlySpan<byte> all = bytes;
        long at = 0;
        if (_isDamaged)
            return bytes.Length;
        if (isBegin)
        {
            if (all.Length < HeadSize)
                return 0;
            bool isLittle = new ElfLayout(true, false).Word(all, 0) == Magic;
            _layout = new ElfLayout(true, !isLittle);
            uint headSize = _layout.Word(all, 8);
            _isDamaged = _layout.Word(all, 0) != Magic || headSize < HeadSize || headSize > 1 << 16;
            if (_isDamaged)
                return bytes.Length;
            Machine = (ElfMachine)_layout.Word(all, 12);
            at = headSize;
            _taken = 0;
        }
        while (at + PrefixSize <= all.Length)
        {
            uint kind = _layout.Word(all, (int)at), size = _layout.Word(all, (int)at + 4);
            if (size < PrefixSize)
            {
                _isDamaged = true;
                return bytes.Length;
            }
            // A record that is being written is read when it is whole.
            if (size > all.Length - at)
                break;
            Parse(kind, bytes.AsMemory((int)at + PrefixSize, (int)size - PrefixSize), _taken + at + PrefixSize);
            at += size;
        }
        int taken = (int)Math.Min(at, all.Length);
        _taken += taken;
        return taken;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Functions.Clear();
        _lines.Clear();
        _byIndex.Clear();
        _waiting.Clear();
        _names.Clear();
        _code.Clear();
        _isDamaged = false;
        _lineCount = 0;
    }

    /// <summary>The source line of a place in a function; empty when nothing told.</summary>
    public IReadOnlyList<CodeLocation> Locate(int function, ulong place)
    {
        if (!_lines.TryGetValue(function, out (ulong Start, Line[] Lines) known))
            return [];
        // Lines have the addresses that the function was made at; it may have moved.
        ulong address = place - Functions[function].Start + known.Start;
        Line? found = null;
        foreach (Line line in known.Lines)
        {
            if (line.Address <= address && (found is not { } best || line.Address >= best.Address))
                found = line;
        }
        return found is { } at ? (CodeLocation[])[new CodeLocation(Functions[function].Name, at.File, at.Number > 0 ? at.Number : null)] : [];
    }

    /// <summary>Where in the file the code of a function is.</summary>
    public (long Offset, int Length) CodeOf(int function) => _code[function];

    private void Parse(uint kind, ReadOnlyMemory<byte> body, long offset)
    {
        ReadOnlySpan<byte> b = body.Span;
        switch (kind)
        {
            // pid, tid, vma, code_addr, code_size, code_index, the name, the code
            case Load when b.Length > 40:
                int end = b[40..].IndexOf((byte)0);
                if (end < 0)
                    return;
                // The code is not kept, but where it is. A record that lies has less of it than it claims.
                int code = 40 + end + 1;
                Add(_layout.Long(b, 16), _layout.Long(b, 24), _layout.Long(b, 32), b.Slice(40, end).ToArray(), (offset + code, (int)Math.Min(_layout.Long(b, 24), (ulong)(b.Length - code))), null);
                break;
            // pid, tid, vma, old_code_addr, new_code_addr, code_size, code_index
            case Move when b.Length >= 48 && _byIndex.TryGetValue(_layout.Long(b, 40), out int moved):
                Add(_layout.Long(b, 24), _layout.Long(b, 32), _layout.Long(b, 40), _names[moved], _code[moved], moved);
                break;
            case DebugInfo when b.Length >= 16:
                _waiting[_layout.Long(b, 0)] = ReadLines(b[16..], _layout.Long(b, 8));
                break;
            default:
                break;
        }
    }

    private void Add(ulong address, ulong size, ulong index, ReadOnlyMemory<byte> name, (long Offset, int Length) code, int? movedFrom)
    {
        if (size == 0)
            return;
        int number = Functions.Count;
        Functions.Add(address, size, name);
        _names.Add(name);
        _code.Add(code);
        _byIndex[index] = number;
        if (movedFrom is { } before && _lines.TryGetValue(before, out (ulong Start, Line[] Lines) lines))
            _lines[number] = lines;
        else if (_waiting.Remove(address, out Line[]? waiting))
            _lines[number] = (address, waiting);
    }

    // Each: the address, the line, a discriminator, the file's name; 0xff for the same file as before.
    private Line[] ReadLines(ReadOnlySpan<byte> bytes, ulong count)
    {
        const int Head = 16;
        var lines = new List<Line>();
        string file = "";
        for (ulong i = 0; i < count && bytes.Length > Head && _lineCount < MostLines; i++, _lineCount++)
        {
            ReadOnlySpan<byte> name = bytes[Head..];
            int end = name.IndexOf((byte)0);
            if (end < 0)
                break;
            if (!(end == 1 && name[0] == 0xff))
                file = Encoding.UTF8.GetString(name[..end]);
            lines.Add(new Line(_layout.Long(bytes, 0), (int)_layout.Word(bytes, 8), file));
            bytes = bytes[(Head + end + 1)..];
        }
        return [.. lines];
    }
}
