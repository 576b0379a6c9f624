using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>What is mapped where, and the frames of the addresses that were met there.</summary>
internal sealed class MappingTable : IUnwindMappings
{
    /// <summary>The kernel allows a process some 65,530 (vm.max_map_count); a damaged recording could tell of any number.</summary>
    private const int MostMappings = 1 << 17;

    private const int MostFrames = 1 << 18;

    private readonly List<Mapping> _mappings;
    private readonly Dictionary<ulong, StackFrame> _frames = [];
    private readonly Dictionary<ulong, StackFrame> _callers = [];

    public MappingTable()
        : this([])
    {
    }

    private MappingTable(List<Mapping> mappings) => _mappings = mappings;

    /// <param name="Start">The first address.</param>
    /// <param name="End">Behind the last.</param>
    /// <param name="Base">What to subtract from an address for the place in the module.</param>
    /// <param name="Module">What is mapped.</param>
    internal sealed record Mapping(ulong Start, ulong End, ulong Base, CodeModule Module);

    /// <summary>By ascending address.</summary>
    public IReadOnlyList<Mapping> Mappings => _mappings;

    /// <summary>Something was mapped: of what lay there before, the parts outside stay.</summary>
    public void Add(ulong start, ulong length, ulong baseAddress, CodeModule module)
    {
        ulong end = length > ulong.MaxValue - start ? ulong.MaxValue : start + length;
        if (end <= start)
            return;
        // Where nothing was mapped no frames are known either: only those of what lay there go.
        Remove(start, end);
        if (_mappings.Count >= MostMappings)
            ForgetAll();
        _mappings.Insert(IndexBehind(start), new Mapping(start, end, baseAddress, module));
    }

    public void Remove(ulong start, ulong end)
    {
        int first = Math.Max(0, IndexBehind(start) - 1);
        while (first < _mappings.Count && _mappings[first].End <= start)
            first++;
        int behind = first;
        while (behind < _mappings.Count && _mappings[behind].Start < end)
            behind++;
        if (behind == first)
            return;
        Mapping before = _mappings[first], after = _mappings[behind - 1];
        _mappings.RemoveRange(first, behind - first);
        if (after.End > end)
            _mappings.Insert(first, after with { Start = end });
        if (before.Start < start)
            _mappings.Insert(first, before with { End = start });
        ForgetFrames();
    }

    /// <summary>The same mappings, for a child that will go its own way.</summary>
    public MappingTable Copy() => new([.. _mappings]);

    public Mapping? Find(ulong address)
    {
        int at = IndexBehind(address) - 1;
        return at >= 0 && address < _mappings[at].End ? _mappings[at] : null;
    }

    (CodeModule Module, ulong Place)? IUnwindMappings.Find(ulong address) => Find(address) is { } mapping ? (mapping.Module, address - mapping.Base) : null;

    /// <summary>The frame of an address, the same object each time until what is mapped there changes; null where nothing is.</summary>
    public StackFrame? Frame(ulong address, bool isKernel, bool isCaller)
    {
        Dictionary<ulong, StackFrame> known = isCaller ? _callers : _frames;
        if (known.TryGetValue(address, out StackFrame? frame))
            return frame;
        if (Find(address) is not { } mapping)
            return null;
        if (known.Count >= MostFrames)
            known.Clear();
        known.Add(address, frame = new StackFrame(address, mapping.Module, address - mapping.Base, isKernel, isCaller));
        return frame;
    }

    private void ForgetAll()
    {
        _mappings.Clear();
        ForgetFrames();
    }

    private void ForgetFrames()
    {
        _frames.Clear();
        _callers.Clear();
    }

    // The first mapping that begins above an address.
    private int IndexBehind(ulong address)
    {
        int low = 0, high = _mappings.Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (_mappings[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
