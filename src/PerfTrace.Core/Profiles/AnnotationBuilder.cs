using System.Runtime.InteropServices;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Profiles;

/// <summary>Counts samples by the instructions that they were taken at, as <c>perf annotate</c> does. The sums are kept, the samples are not.</summary>
/// <param name="filter">What of the samples is wanted.</param>
public sealed class AnnotationBuilder(SampleFilter filter)
{
    // Frames that are remembered by reference; what comes again after that many costs a look by value.
    private const int MostKnown = 1 << 18;

    // The number of a frame's place; None: it is in no function that is wanted.
    private const int None = -1;

    private readonly Dictionary<StackFrame, int> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<CodeSymbol, Dictionary<ulong, int>> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<(CodeModule Module, CodeSymbol Function, ulong Place)> _places = [];
    private readonly List<Total> _events = [];

    /// <summary>Samples that are in no function that is known.</summary>
    public long WithoutSymbol { get; private set; }

    /// <summary>What would tell the functions of the first of those: the file that is missing; null when there are none or nothing is known to help.</summary>
    public string? Missing { get; private set; }

    public void Add(PerfSample sample)
    {
        if (!filter.Counts(sample))
            return;
        Total total = TotalOf(sample.EventName);
        total.Period += sample.Period;
        if (sample.Frame is not { } frame || !filter.Shows(sample))
            return;
        if (!_known.TryGetValue(frame, out int number))
        {
            if (_known.Count >= MostKnown)
                _known.Clear();
            _known.Add(frame, number = Learn(frame));
        }
        if (number == None)
        {
            if (frame.Function is null)
                WithoutSymbol++;
            return;
        }
        while (total.Sums.Count <= number)
            total.Sums.Add(default);
        ref (long Samples, long Period) sums = ref CollectionsMarshal.AsSpan(total.Sums)[number];
        sums.Samples++;
        sums.Period += sample.Period;
    }

    /// <summary>The functions, the hottest of each event first.</summary>
    public IReadOnlyList<PerfAnnotatedFunction> Build()
    {
        var all = new List<PerfAnnotatedFunction>();
        foreach (Total total in _events)
        {
            var functions = new Dictionary<CodeSymbol, PerfAnnotatedFunction>(ReferenceEqualityComparer.Instance);
            for (int i = 0; i < total.Sums.Count; i++)
            {
                (long samples, long period) = total.Sums[i];
                if (samples == 0)
                    continue;
                (CodeModule module, CodeSymbol symbol, ulong place) = _places[i];
                if (!functions.TryGetValue(symbol, out PerfAnnotatedFunction? function))
                    functions.Add(symbol, function = new PerfAnnotatedFunction(total.Name, module, symbol));
                function.Add(place, samples, period);
            }
            foreach (PerfAnnotatedFunction function in functions.Values)
                function.Percent = total.Period == 0 ? 0 : 100.0 * function.Period / total.Period;
            all.AddRange(functions.Values.OrderByDescending(static f => f.Period).ThenByDescending(static f => f.Samples).ThenBy(static f => f.Symbol, StringComparer.Ordinal));
        }
        return all;
    }

    private int Learn(StackFrame frame)
    {
        if (frame.Function is not { } function)
        {
            Missing ??= frame.Missing;
            return None;
        }
        if (filter.IsOfFrames && !filter.Shows(new ProfileFrame(FrameKind.User, function.Name, frame.Module)))
            return None;
        if (!_numbers.TryGetValue(function, out Dictionary<ulong, int>? places))
            _numbers.Add(function, places = []);
        if (!places.TryGetValue(frame.Place, out int number))
        {
            places.Add(frame.Place, number = _places.Count);
            _places.Add((frame.Code, function, frame.Place));
        }
        return number;
    }

    private Total TotalOf(string eventName)
    {
        foreach (Total total in _events)
        {
            if (total.Name == eventName)
                return total;
        }
        var made = new Total(eventName);
        _events.Add(made);
        return made;
    }

    private sealed class Total(string name)
    {
        public string Name { get; } = name;

        public long Period { get; set; }

        /// <summary>By the numbers of places.</summary>
        public List<(long Samples, long Period)> Sums { get; } = [];
    }
}
