using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Symbols;

/// <summary>
/// Functions that a process made while it ran, in the order that it told of them: memory is used again, and where two have been, the later one is found.
/// </summary>
internal sealed class GeneratedFunctions
{
    // How many that overlap are looked at for one place: compilers free before they use again, so real files have few.
    private const int MostOverlaps = 4096;

    private readonly List<Function> _functions = [];
    private readonly List<CodeSymbol?> _known = [];
    private int[] _byStart = [];
    private ulong[] _starts = [];
    private ulong[] _reach = [];

    private readonly record struct Function(ulong Start, ulong End, ReadOnlyMemory<byte> Name);

    public int Count => _functions.Count;

    /// <summary>Adds a function; the name's bytes must stay as they are.</summary>
    public void Add(ulong start, ulong size, ReadOnlyMemory<byte> name)
    {
        if (size == 0)
            return;
        _functions.Add(new Function(start, size > ulong.MaxValue - start ? ulong.MaxValue : start + size, name));
        _known.Add(null);
    }

    public void Clear()
    {
        _functions.Clear();
        _known.Clear();
        _byStart = [];
    }

    /// <summary>The number of the function that was last told of at a place; -1: there is none.</summary>
    public int IndexOf(ulong place)
    {
        if (_byStart.Length != _functions.Count)
            Sort();
        int at = Array.BinarySearch(_starts, place);
        if (at < 0)
            at = ~at - 1;
        else
            while (at + 1 < _starts.Length && _starts[at + 1] == place)
                at++;
        int found = -1;
        for (int steps = 0; at >= 0 && _reach[at] > place && steps < MostOverlaps; at--, steps++)
        {
            if (_functions[_byStart[at]].End > place && _byStart[at] > found)
                found = _byStart[at];
        }
        return found;
    }

    /// <summary>The symbol of a function; the same object each time.</summary>
    public CodeSymbol this[int index]
    {
        get
        {
            Function function = _functions[index];
            return _known[index] ??= new CodeSymbol(Encoding.UTF8.GetString(function.Name.Span), function.Start, function.End - function.Start);
        }
    }

    // Where each begins, and the furthest that any up to it reaches.
    private void Sort()
    {
        _byStart = new int[_functions.Count];
        _starts = new ulong[_functions.Count];
        ReadOnlySpan<Function> all = CollectionsMarshal.AsSpan(_functions);
        for (int i = 0; i < all.Length; i++)
        {
            _byStart[i] = i;
            _starts[i] = all[i].Start;
        }
        Array.Sort(_starts, _byStart);
        _reach = new ulong[_byStart.Length];
        ulong reach = 0;
        for (int i = 0; i < _reach.Length; i++)
            _reach[i] = reach = Math.Max(reach, all[_byStart[i]].End);
    }
}
