using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>
/// Sums samples up as <c>perf report --children</c> does: each counts once for the function that it was taken in, and once for each function on its stack,
/// however often that recurs. The sums are kept, the samples are not.
/// </summary>
public sealed class ReportBuilder
{
    private readonly IReadOnlyList<ReportKey> _keys;
    private readonly SampleFilter _filter;
    private readonly bool _hasFrames;
    private readonly FrameTable _frames;
    private readonly ContextTable _contexts;
    private readonly PairTable _rows = new();
    private readonly List<Sums> _sums = [default]; // the table numbers from 1
    private readonly Dictionary<string, Total> _totals = new(StringComparer.Ordinal);
    private readonly List<int> _stack = [];
    private long _sample;

    /// <param name="keys">What to group by.</param>
    /// <param name="filter">What of the samples is wanted.</param>
    /// <param name="expandInlined">Inlined functions count as if they had been called.</param>
    public ReportBuilder(IReadOnlyList<ReportKey> keys, SampleFilter filter, bool expandInlined = false)
    {
        _keys = keys;
        _filter = filter;
        FrameParts parts = FrameParts.None;
        foreach (ReportKey key in keys)
        {
            parts |= key.Kind switch
            {
                ReportKeyKind.Module => FrameParts.Module,
                ReportKeyKind.Symbol => FrameParts.Symbol | FrameParts.Address,
                ReportKeyKind.SourceLine => FrameParts.SourceLine,
                _ => FrameParts.None,
            };
        }
        _hasFrames = parts != FrameParts.None;
        // A filter needs to know what it chooses by.
        if (filter.Modules.Count > 0)
            parts |= FrameParts.Module;
        if (filter.Symbols.Count > 0)
            parts |= FrameParts.Symbol;
        _frames = new FrameTable(parts, expandInlined);
        _contexts = new ContextTable(keys);
    }

    /// <summary>Keys by name that no sample had a field for.</summary>
    public IEnumerable<string> UnknownKeys => _sample == 0 ? [] : _keys.Where(static k => !k.IsFound).Select(static k => k.Name);

    public void Add(PerfSample sample)
    {
        if (!_filter.Counts(sample))
            return;
        Total total = TotalOf(sample.EventName);
        total.Add(sample.Period);
        if (!_filter.Shows(sample))
            return;
        _stack.Clear();
        if (_frames.Parts != FrameParts.None)
            _frames.Append(sample, _stack);
        if (KeepsStack())
            Count(_contexts.Of(sample), sample.Period);
    }

    /// <summary>A folded stack: its outermost frame is the command.</summary>
    public void Add(FoldedStack stack)
    {
        TotalOf("").Add(stack.Count);
        if (!_filter.Shows(stack) || stack.Frames.Count == 0)
            return;
        _stack.Clear();
        for (int i = stack.Frames.Count - 1; i > 0; i--)
            _stack.Add(_frames.OfFolded(stack.Frames[i]));
        if (_stack.Count == 0)
            _stack.Add(_frames.OfNothing());
        if (KeepsStack())
            Count(_contexts.OfFolded(stack.Frames[0]), stack.Count, stack.Count);
    }

    /// <summary>The rows, the heaviest of each event first.</summary>
    public IReadOnlyList<PerfReportEntry> Build(double minimumPercent = 0)
    {
        var entries = new List<PerfReportEntry>(_sums.Count);
        foreach (Sums sums in CollectionsMarshal.AsSpan(_sums)[1..])
        {
            ProfileFrame? frame = _hasFrames ? _frames[sums.Frame] : null;
            if (frame is not null && _filter.IsOfFrames && !_filter.Shows(frame))
                continue;
            PerfReportEntry entry = Entry(sums, frame);
            if (entry.ChildrenPercent >= minimumPercent)
                entries.Add(entry);
        }
        int[] order = [.. Enumerable.Range(0, entries.Count)
            .OrderBy(i => TotalOf(entries[i].Event ?? "").Order)
            .ThenByDescending(i => entries[i].Children)
            .ThenByDescending(i => entries[i].Self)
            .ThenBy(i => entries[i].Symbol ?? entries[i].SourceLine ?? entries[i].Module ?? entries[i].Command, StringComparer.Ordinal)];
        return [.. order.Select(i => entries[i])];
    }

    // Where frames are no key, the stack is one frame that stands for all; a filter of frames then chooses the stacks that have one of them.
    private bool KeepsStack()
    {
        if (_hasFrames)
            return true;
        bool isShown = !_filter.IsOfFrames || _frames.Shows(_filter, _stack);
        _stack.Clear();
        _stack.Add(0);
        return isShown;
    }

    private void Count(int context, long period, long samples = 1)
    {
        _sample++;
        ReadOnlySpan<int> stack = CollectionsMarshal.AsSpan(_stack);
        for (int i = 0; i < stack.Length; i++)
        {
            ref int row = ref _rows[context, stack[i]];
            if (row == PairTable.NewMark)
            {
                row = _sums.Count;
                _sums.Add(new Sums(context, stack[i]));
            }
            ref Sums sums = ref CollectionsMarshal.AsSpan(_sums)[row];
            if (i == 0)
            {
                sums.Self += period;
                sums.SelfSamples += samples;
            }
            if (sums.LastSample == _sample)
                continue;
            sums.LastSample = _sample;
            sums.Children += period;
            sums.ChildrenSamples += samples;
        }
    }

    private PerfReportEntry Entry(in Sums sums, ProfileFrame? frame)
    {
        string? eventName = _contexts.EventOf(sums.Context);
        Total total = TotalOf(eventName ?? "");
        string? command = null;
        int? process = null, thread = null, cpu = null;
        Dictionary<string, object?>? values = null;
        ReadOnlySpan<object?> keys = _contexts.ValuesOf(sums.Context);
        for (int i = 0; i < keys.Length; i++)
        {
            switch (_contexts.Keys[i].Kind)
            {
                case ReportKeyKind.Command:
                    command = (string?)keys[i];
                    break;
                case ReportKeyKind.Process:
                    process = (int?)keys[i];
                    break;
                case ReportKeyKind.Thread:
                    thread = (int?)keys[i];
                    break;
                case ReportKeyKind.Cpu:
                    cpu = (int?)keys[i];
                    break;
                default:
                    (values ??= new(StringComparer.OrdinalIgnoreCase))[_contexts.Keys[i].Name] = keys[i];
                    break;
            }
        }
        return new PerfReportEntry
        {
            Name = Name(keys, eventName, frame),
            Event = eventName,
            Command = command,
            ProcessId = process,
            ThreadId = thread,
            Cpu = cpu,
            Module = frame?.Module,
            Symbol = frame is not null && _keys.Any(static k => k.Kind == ReportKeyKind.Symbol) ? frame.SymbolOrAddress : null,
            SourceLine = frame?.SourceText,
            Kind = frame is not null && _frames.Parts.HasFlag(FrameParts.Module) ? frame.Kind : null,
            Values = values,
            Samples = sums.SelfSamples,
            Self = sums.Self,
            SelfPercent = total.PercentOf(sums.Self),
            ChildrenSamples = sums.ChildrenSamples,
            Children = sums.Children,
            ChildrenPercent = total.PercentOf(sums.Children),
        };
    }

    // The values of the keys in the order in which they were asked for.
    private string Name(ReadOnlySpan<object?> values, string? eventName, ProfileFrame? frame)
    {
        var text = new StringBuilder();
        int next = 0;
        foreach (ReportKey key in _keys)
        {
            object? value = key.Kind switch
            {
                ReportKeyKind.Event => eventName,
                ReportKeyKind.Module => frame?.Module,
                ReportKeyKind.Symbol => frame?.SymbolOrAddress,
                ReportKeyKind.SourceLine => frame?.SourceText,
                _ => values[next++],
            };
            text.Append(text.Length > 0 ? ", " : "").Append(CultureInfo.InvariantCulture, $"{value}");
        }
        return text.ToString();
    }

    private Total TotalOf(string eventName)
    {
        if (!_totals.TryGetValue(eventName, out Total? total))
            _totals.Add(eventName, total = new Total(_totals.Count));
        return total;
    }

    private struct Sums(int context, int frame)
    {
        public readonly int Context = context, Frame = frame;
        public long Self, SelfSamples, Children, ChildrenSamples, LastSample;
    }

    private sealed class Total(int order)
    {
        private long _period;

        /// <summary>Events come in the order in which they are first seen.</summary>
        public int Order { get; } = order;

        public void Add(long period) => _period += period;

        public double PercentOf(long part) => _period == 0 ? 0 : 100.0 * part / _period;
    }
}
