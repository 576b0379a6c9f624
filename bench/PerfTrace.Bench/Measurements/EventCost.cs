using System.Diagnostics;
using System.Linq.Expressions;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Tracing;
using Expression = System.Linq.Expressions.Expression;

namespace PerfTrace.Bench;

/// <summary>
/// What it costs that an event's fields are decoded when they are asked for: beside the same event with all fields decoded and boxed at once, as an
/// object with a dictionary would have them.
/// </summary>
internal sealed class EventCost : IMeasurement
{
    private const int Rounds = 15, Events = 200_000;

    public string Name => "events";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        foreach (string name in (string[])["raw_syscalls:sys_enter", "sched:sched_switch"])
        {
            var maker = new Maker(name);
            foreach (int read in ((int[])[0, 2, maker.Fields]).Distinct())
            {
                (Samples ours, Samples eager) = Interleaved.Run(Rounds, () => Time(() => maker.Lazy(read)), () => Time(() => maker.Eager(read)));
                yield return Row.Relative($"a {name}, {read} of {maker.Fields} fields read (peer: all decoded at once)", ours.Median, eager.Median, "ns", null);
            }
        }
    }

    private static double Time(Func<int> make)
    {
        long begin = Stopwatch.GetTimestamp();
        int sum = 0;
        for (int i = 0; i < Events; i++)
            sum += make();
        GC.KeepAlive(sum);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Events;
    }

    private sealed class Maker
    {
        private readonly EventSchema _schema;
        private readonly byte[] _record;
        private readonly EventOrigin _origin = new(null, null, PrintEnvironment.Empty);
        private readonly (string Name, Func<TraceEvent, object?> Get)[] _fields;

        public Maker(string name)
        {
            EventFormat format = TracepointCatalogue.List(TracingDirectory.Open(SystemPaths.Default)).First(t => t.Event == name).GetFormat();
            _schema = EventSchemas.For(format);
            _record = new byte[_schema.FixedSize];
            foreach (EventField field in format.Fields.Where(static f => f.Kind == EventFieldKind.FixedString))
                Encoding.UTF8.GetBytes("kworker/0:1", _record.AsSpan(field.Offset, field.Size));
            _fields = [.. format.Fields.Select(f => (f.Name, Getter(_schema.PropertyOf(f.Name)!.Name)))];
        }

        public int Fields => _fields.Length;

        public int Lazy(int read)
        {
            TraceEvent e = Make();
            int sum = 0;
            for (int i = 0; i < read; i++)
                sum += _fields[i].Get(e) is null ? 0 : 1;
            return sum;
        }

        public int Eager(int read)
        {
            TraceEvent e = Make();
            var values = new Dictionary<string, object?>(_fields.Length, StringComparer.Ordinal);
            foreach ((string name, Func<TraceEvent, object?> get) in _fields)
                values.Add(name, get(e));
            int sum = 0;
            for (int i = 0; i < read; i++)
                sum += values[_fields[i].Name] is null ? 0 : 1;
            return sum;
        }

        private TraceEvent Make()
        {
            var envelope = new EventEnvelope(_origin, 1, 0, 1, 1, "bench");
            return _schema.Create(in envelope, _record);
        }

        private Func<TraceEvent, object?> Getter(string property)
        {
            ParameterExpression e = Expression.Parameter(typeof(TraceEvent));
            return Expression.Lambda<Func<TraceEvent, object?>>(
                Expression.Convert(Expression.Property(Expression.Convert(e, _schema.Type), property), typeof(object)), e).Compile();
        }
    }
}
