using System.Globalization;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Profiles;

/// <summary>
/// Numbers for frames. Frames of one address are one object (<see cref="StackFrame"/>), so that after the first time a frame costs one look by reference.
/// </summary>
/// <param name="parts">What tells frames apart.</param>
/// <param name="expandInlined">An address gives a frame for each function that was inlined there.</param>
internal sealed class FrameTable(FrameParts parts, bool expandInlined = false)
{
    // The number; or, for an address with inlined functions, the complement of a place in _expanded.
    private readonly Dictionary<StackFrame, int> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ProfileFrame, int> _numbers = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<ProfileFrame> _frames = [];
    private readonly List<int[]> _expanded = [];
    private readonly List<bool> _shown = [];

    public int Count => _frames.Count;

    public FrameParts Parts => parts;

    public ProfileFrame this[int number] => _frames[number];

    /// <summary>Adds the numbers of an address, innermost first.</summary>
    public void Append(StackFrame frame, List<int> numbers)
    {
        if (!_known.TryGetValue(frame, out int known))
            _known.Add(frame, known = Learn(frame));
        if (known >= 0)
            numbers.Add(known);
        else
            numbers.AddRange(_expanded[~known]);
    }

    /// <summary>Adds the numbers of a sample's stack, innermost first; at least one.</summary>
    public void Append(PerfSample sample, List<int> numbers)
    {
        if (sample.CallStack is { Count: > 0 } stack)
        {
            for (int i = 0; i < stack.Count; i++)
                Append(stack[i], numbers);
        }
        else if (sample.Frame is { } frame)
        {
            Append(frame, numbers);
        }
        else
        {
            numbers.Add(OfNothing());
        }
    }

    /// <summary>One of the frames is one that the filter lets through.</summary>
    public bool Shows(SampleFilter filter, List<int> numbers)
    {
        foreach (int number in numbers)
        {
            while (_shown.Count <= number)
                _shown.Add(filter.Shows(_frames[_shown.Count]));
            if (_shown[number])
                return true;
        }
        return false;
    }

    /// <summary>The number of a frame that has nothing but a name, as in a folded stack: <c>_[k]</c> and the like tell the kind.</summary>
    public int OfFolded(string name)
    {
        if (_names.TryGetValue(name, out int number))
            return number;
        (string symbol, FrameKind kind) = FoldedNames.Parse(name);
        number = Number((parts & FrameParts.Symbol) == FrameParts.Symbol || parts.HasFlag(FrameParts.SourceLine) ? new ProfileFrame(kind, symbol) : new ProfileFrame(kind, null));
        _names.Add(name, number);
        return number;
    }

    public int OfLabel(string text) => Number(new ProfileFrame(FrameKind.Label, text));

    /// <summary>Of a sample that has no frame at all.</summary>
    public int OfNothing() => Number(new ProfileFrame(FrameKind.Unknown, (parts & FrameParts.Symbol) == FrameParts.Symbol ? "[unknown]" : null, "[unknown]"));

    private int Learn(StackFrame frame)
    {
        if (!expandInlined || frame.Locations is not { Count: > 1 } locations)
            return Number(Describe(frame, frame.Function, Kind(frame), parts.HasFlag(FrameParts.SourceLine) || parts.HasFlag(FrameParts.Instruction) ? frame.Locations : []));
        int[] numbers = new int[locations.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            bool isInlined = i < numbers.Length - 1;
            // The outermost is the function itself, which its symbol names better.
            CodeSymbol? function = isInlined || frame.Function is null
                ? locations[i].Function is { } name ? new CodeSymbol(name, 0, 0) : frame.Function
                : frame.Function;
            numbers[i] = Number(Describe(frame, function, isInlined ? FrameKind.Inlined : Kind(frame), [locations[i]]));
        }
        _expanded.Add(numbers);
        return ~(_expanded.Count - 1);
    }

    private ProfileFrame Describe(StackFrame frame, CodeSymbol? function, FrameKind kind, IReadOnlyList<CodeLocation> locations)
    {
        bool isLine = parts.HasFlag(FrameParts.SourceLine);
        string? symbol = (parts & FrameParts.Symbol) == FrameParts.Symbol ? function?.Name : null;
        ulong address = parts.HasFlag(FrameParts.Instruction) ? frame.Address
            : parts.HasFlag(FrameParts.Address) ? function?.Start ?? frame.Place
            : 0;
        string? file = null;
        int? line = null;
        if (isLine || parts.HasFlag(FrameParts.Instruction))
            (file, line) = locations is [var first, ..] ? (first.File, first.Line) : (null, null);
        // A line that is not known is told by the function and the offset in it.
        if (isLine && file is null)
            file = function is null ? string.Create(CultureInfo.InvariantCulture, $"{frame.Module}+0x{frame.Place:x}") : $"{function.Name} ({frame.Module})";
        bool isModule = parts.HasFlag(FrameParts.Module);
        return new ProfileFrame(isModule ? kind : FrameKind.User, symbol, isModule ? frame.Module : null, address, file, line);
    }

    private int Number(ProfileFrame frame)
    {
        if (_numbers.TryGetValue(frame, out int number))
            return number;
        _numbers.Add(frame, _frames.Count);
        _frames.Add(frame);
        return _frames.Count - 1;
    }

    private static FrameKind Kind(StackFrame frame) =>
        frame.IsKernel ? FrameKind.Kernel
        : frame.Code.Kind switch
        {
            CodeModuleKind.Kernel or CodeModuleKind.KernelModule => FrameKind.Kernel,
            CodeModuleKind.Generated => FrameKind.Generated,
            CodeModuleKind.Unknown => FrameKind.Unknown,
            _ => FrameKind.User,
        };
}
