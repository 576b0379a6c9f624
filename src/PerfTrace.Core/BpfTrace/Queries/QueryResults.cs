using System.Buffers.Binary;

namespace PerfTrace.BpfTrace;

/// <summary>Makes measurements of what the maps of a query hold.</summary>
/// <param name="plan">What they hold.</param>
/// <param name="probeNames">The names of probes by their numbers.</param>
/// <param name="readers">The maps of the results by their names.</param>
/// <param name="values">Reads keys.</param>
/// <param name="query">What was asked for.</param>
internal sealed class QueryResults(QueryPlan plan, IReadOnlyList<string> probeNames, IReadOnlyDictionary<string, ScriptMapReader> readers, ValueReader values, KernelEventQuery query)
{
    private readonly (string? Name, Type Type)[] _properties = [.. plan.Groups.Select(static g => ((string?)NameOf(g.Name), TypeOf(g.Type)))];

    private bool HasHistogram => readers.ContainsKey(QueryPlan.Histogram);

    /// <summary>All results, or those of one interval; the largest first.</summary>
    /// <param name="number">The interval.</param>
    /// <param name="time">When it began.</param>
    public KernelEventMeasurement[] Read(long? number, DateTimeOffset? time)
    {
        var found = new Dictionary<string, KernelEventMeasurement>(StringComparer.Ordinal);
        foreach ((string name, ScriptMapReader reader) in readers)
        {
            foreach (ScriptMapRow row in reader.Read().Rows)
            {
                if (number is not null && IntervalOf(row.Key) != number)
                    continue;
                KernelEventMeasurement measurement = Of(found, reader.Map, row.Key, time);
                Add(measurement, name, (AggregateType)reader.Map.Value, row);
            }
        }
        KernelEventMeasurement[] all = [.. found.Values];
        if (all.Length == 0 && plan.LoneEvent is { } lone)
            all = [Nothing(lone, time)];
        return [.. all.OrderByDescending(static m => m.Count ?? 0).ThenByDescending(SizeOf).ThenBy(static m => m.Event, StringComparer.Ordinal).ThenBy(static m => m.Group, StringComparer.Ordinal)];
    }

    /// <summary>Takes what is known of an interval, and of those before it, out of the maps.</summary>
    public void Forget(long number)
    {
        foreach (ScriptMapReader reader in readers.Values)
            reader.Delete(key => IntervalOf(key) <= number);
    }

    /// <summary>Takes an interval, and those behind it, out of the maps.</summary>
    public void ForgetFrom(long number)
    {
        foreach (ScriptMapReader reader in readers.Values)
            reader.Delete(key => (ulong)IntervalOf(key) >= (ulong)number);
    }

    // The interval's number is the first part of the key.
    private static long IntervalOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64LittleEndian(key);

    private static double SizeOf(KernelEventMeasurement measurement) =>
        Convert.ToDouble(measurement.Sum ?? measurement.Average ?? measurement.Maximum ?? measurement.Minimum ?? 0L, System.Globalization.CultureInfo.InvariantCulture);

    // A property of the measurement's own keeps its name.
    private static string NameOf(string name) =>
        typeof(KernelEventMeasurement).GetProperties().Any(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) ? $"field_{name}" : name;

    private static Type TypeOf(ScriptType type) => type switch
    {
        EnumType enumeration => ValueReader.NumberType(enumeration.Underlying),
        _ => ValueReader.TypeOf(type),
    };

    private KernelEventMeasurement Nothing(string name, DateTimeOffset? time)
    {
        KernelEventMeasurement measurement = Create([]);
        (measurement.Event, measurement.Time) = (name, time);
        if (readers.ContainsKey(QueryPlan.Count) || readers.ContainsKey(QueryPlan.Average) || HasHistogram)
            measurement.Count = 0;
        if (readers.ContainsKey(QueryPlan.Sum))
            measurement.Sum = 0L;
        if (HasHistogram)
            measurement.Histogram = [];
        return measurement;
    }

    private KernelEventMeasurement Create(object?[] keys)
    {
        bool isCount = readers.Count == 1 && readers.ContainsKey(QueryPlan.Count);
        Type parent = HasHistogram ? typeof(KernelEventHistogram)
            : query.Interval is not null ? isCount ? typeof(KernelEventIntervalCount) : typeof(KernelEventInterval)
            : isCount ? typeof(KernelEventCount) : typeof(KernelEventMeasurement);
        return (KernelEventMeasurement)GeneratedClasses.Class("measurement", parent, _properties).Create(keys);
    }

    private KernelEventMeasurement Of(Dictionary<string, KernelEventMeasurement> found, ScriptMap map, byte[] key, DateTimeOffset? time)
    {
        // Maps with buckets have keys that are padded.
        ReadOnlySpan<byte> bytes = key.AsSpan(0, map.Key?.Size ?? 0);
        string form = Convert.ToHexString(bytes);
        if (found.TryGetValue(form, out KernelEventMeasurement? known))
            return known;
        List<object?> parts = Parts(map.Key, bytes);
        if (query.Interval is not null)
            parts.RemoveAt(0);
        string name = plan.Events.Values.First();
        if (plan.HasEvent)
        {
            name = plan.Events[(string)parts[0]!];
            parts.RemoveAt(0);
        }
        KernelEventMeasurement measurement = Create([.. parts.Select((p, i) => Typed(p, plan.Groups[i].Type))]);
        (measurement.Event, measurement.Time) = (name, time);
        found.Add(form, measurement);
        return measurement;
    }

    private List<object?> Parts(ScriptType? type, ReadOnlySpan<byte> bytes)
    {
        if (type is null)
            return [];
        if (type is not TupleType tuple)
            return [Part(type, bytes)];
        var parts = new List<object?>();
        for (int i = 0; i < tuple.Elements.Count; i++)
            parts.Add(Part(tuple.Elements[i], bytes.Slice(tuple.Offsets[i], tuple.Elements[i].Size)));
        return parts;
    }

    private object? Part(ScriptType type, ReadOnlySpan<byte> bytes) => type is ResolvedType { Kind: ResolvedKind.ProbeName }
        ? probeNames[(int)BinaryPrimitives.ReadInt64LittleEndian(bytes)]
        : type is not BooleanType && ScriptNumber.TryRead(type, bytes) is { } number ? number : values.Read(type, bytes);

    // In maps numbers are wider than they were.
    private static object? Typed(object? part, ScriptType type) => (part, type) switch
    {
        (long number, IntegerType integer) => ValueReader.Number(number, integer),
        (long number, EnumType enumeration) => ValueReader.Number(number, enumeration.Underlying),
        (long number, BooleanType) => number != 0,
        _ => part,
    };

    private void Add(KernelEventMeasurement measurement, string map, AggregateType type, ScriptMapRow row)
    {
        switch (map)
        {
            case QueryPlan.Count:
                measurement.Count = row.Total.Value;
                break;
            case QueryPlan.Sum:
                measurement.Sum = Number(row.Total.Value, type.IsSigned);
                break;
            case QueryPlan.Minimum when row.Total.Count > 0:
                measurement.Minimum = Number(row.Total.Value, type.IsSigned);
                break;
            case QueryPlan.Maximum when row.Total.Count > 0:
                measurement.Maximum = Number(row.Total.Value, type.IsSigned);
                break;
            case QueryPlan.Average:
                measurement.Count = row.Total.Count;
                double sum = type.IsSigned ? row.Total.Value : (ulong)row.Total.Value;
                measurement.Average = row.Total.Count == 0 ? null : sum / row.Total.Count;
                // The average's sum is the sum that is asked for, where both are of one value.
                if (query.Sum is not null && !readers.ContainsKey(QueryPlan.Sum))
                    measurement.Sum = Number(row.Total.Value, type.IsSigned);
                break;
            case QueryPlan.Histogram:
                measurement.Histogram = HistogramText.Buckets(type, row, 0);
                measurement.Count ??= measurement.Histogram.Sum(static b => b.Count);
                break;
        }
    }

    private static object Number(long value, bool isSigned) => isSigned || value >= 0 ? value : (ulong)value;
}
