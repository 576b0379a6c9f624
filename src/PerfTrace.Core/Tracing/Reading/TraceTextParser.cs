using System.Globalization;
using System.Text;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>
/// Makes objects of the lines of a <c>trace</c> file. A line becomes an event where its message can be read back by the event's print format; what
/// the text does not tell stays unknown. The rest becomes what it is as text.
/// </summary>
/// <remarks>A text that a program wrote into trace_marker can have line breaks, and lines that look like others: nothing tells them apart.</remarks>
internal sealed class TraceTextParser
{
    /// <summary>Stacks follow their event, perhaps behind lines of other CPUs: so many lines are held back.</summary>
    private const int Window = 256;

    private const int LongestMessage = 1 << 16;

    private readonly TraceTextShape _shape = new();
    private readonly Queue<TraceTextRecord> _window = new();
    private readonly Dictionary<int, TraceTextRecord> _latestOf = [];
    private readonly Dictionary<int, (int ThreadId, string? Command)> _running = [];
    private readonly Dictionary<int, long> _lost = [];
    private readonly Queue<TraceRecord> _ready = new();
    private readonly GraphJoiner _graph = new(inCallOrder: true);
    private readonly TraceTextBuilder _builder;
    private TraceTextRecord? _last;
    private List<string>? _frames;

    public TraceTextParser(TraceTextBuilder builder) => _builder = builder;

    /// <summary>Records that the kernel says were lost, by CPU.</summary>
    public IReadOnlyDictionary<int, long> LostPerCpu => _lost;

    /// <summary>The kernel says that records were lost, and not how many.</summary>
    public bool HasUncountedLoss { get; private set; }

    /// <summary>Takes the next line, without its line break.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'#', ..] && _last is null && _running.Count == 0)
        {
            _shape.Add(Encoding.UTF8.GetString(line));
            return;
        }
        if (TryLoss(line) || TryFrame(line))
            return;
        TraceTextRecord? record = _shape.IsGraph ? TryGraph(line)
            : (_shape.IsLatency ? TraceLine.ParseLatency(line) : TraceLine.Parse(line)) is { } head ? new TraceTextRecord(head, line[head.Message..].ToArray())
            : null;
        if (record is not null)
            Add(record);
        else if (!_shape.IsGraph)
            AddOther(line);
    }

    /// <summary>The next object; false: more lines are needed.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TraceRecord? record)
    {
        while (_ready.Count == 0 && _window.Count > Window)
            Build(_window.Dequeue());
        return _ready.TryDequeue(out record);
    }

    /// <summary>There are no more lines.</summary>
    public void Finish()
    {
        while (_window.TryDequeue(out TraceTextRecord? record))
            Build(record);
        _graph.Finish(_ready.Enqueue);
    }

    private void Add(TraceTextRecord record)
    {
        _frames = null;
        bool isKernelStack = record.Message.AsSpan().SequenceEqual("<stack trace>"u8), isUserStack = record.Message.AsSpan().SequenceEqual("<user stack trace>"u8);
        if (isKernelStack || isUserStack)
        {
            // The stack of what its thread recorded on its CPU before.
            TraceTextRecord owner = _latestOf.TryGetValue(record.Head.Cpu, out TraceTextRecord? before) && before.Head.ThreadId == record.Head.ThreadId ? before : record;
            _frames = isKernelStack ? owner.KernelFrames ??= [] : owner.UserFrames ??= [];
            if (owner != record)
                return;
        }
        _window.Enqueue(record);
        _latestOf[record.Head.Cpu] = record;
        _last = record;
    }

    // What is no line of its own goes on with the message before it.
    private void AddOther(ReadOnlySpan<byte> line)
    {
        if (_last is not null && _window.Contains(_last) && _last.Message.Length + line.Length < LongestMessage)
            _last.Append(line);
        else if (line.Length > 0)
            _window.Enqueue(new TraceTextRecord(Unknown, line.ToArray()));
    }

    private static TraceLine Unknown { get; } = new(null, -1, -1, -1, EventEnvelope.UnknownTime, false, 0);

    // "CPU:1 [LOST 123 EVENTS]", "CPU:1 [LOST EVENTS]"; "##### CPU 1 buffer started ####" tells nothing.
    private bool TryLoss(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("##### CPU "u8))
            return true;
        if (!line.StartsWith("CPU:"u8) || line.IndexOf(" [LOST "u8) is not (> 4 and var at) || !line.EndsWith("EVENTS]"u8)
            || !int.TryParse(line[4..at], NumberStyles.None, CultureInfo.InvariantCulture, out int cpu))
        {
            return false;
        }
        ReadOnlySpan<byte> number = line[(at + 7)..^7].Trim((byte)' ');
        if (number.IsEmpty)
            HasUncountedLoss = true;
        else if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            return false;
        else
            _lost[cpu] = _lost.GetValueOrDefault(cpu) + count;
        return true;
    }

    // " => do_sys_openat2", " =>  <00007f0a3b2c1d4e>".
    private bool TryFrame(ReadOnlySpan<byte> line)
    {
        if (_frames is null || !line.StartsWith(" => "u8))
            return false;
        _frames.Add(Encoding.UTF8.GetString(line[4..]).Trim());
        return true;
    }

    private TraceTextRecord? TryGraph(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > LongestMessage || bytes.TrimStart((byte)' ').StartsWith("-----"u8))
            return null;
        string line = Encoding.UTF8.GetString(bytes);
        if (GraphLine.ParseSwitch(line) is { } now)
        {
            _running[now.Cpu] = (now.ThreadId, now.Command);
            return null;
        }
        if (GraphLine.Parse(line, _shape.HasDuration) is not { } graph)
            return new TraceTextRecord(Unknown, bytes.ToArray());
        (int thread, string? command) = graph.ThreadId >= 0 ? (graph.ThreadId, graph.Command)
            : _running.TryGetValue(graph.Cpu, out var running) ? running
            : (-1, null);
        if (thread == 0 && graph.Cpu >= 0)
            command = string.Create(CultureInfo.InvariantCulture, $"swapper/{graph.Cpu}");
        var head = new TraceLine(command, thread, -1, graph.Cpu, graph.Time, graph.IsCount, 0);
        return new TraceTextRecord(head, Encoding.UTF8.GetBytes(graph.Comment ?? "")) { Graph = graph };
    }

    private void Build(TraceTextRecord record)
    {
        if (record.Graph is not { Comment: null } graph)
        {
            _ready.Enqueue(_builder.Build(record, _shape.Tracer));
            return;
        }
        EventEnvelope envelope = _builder.EnvelopeOf(record);
        FunctionName function = graph.Function is null ? default : new FunctionName(graph.Function);
        if (graph.IsReturn)
            _graph.Return(in envelope, function, graph.Depth, null, graph.Duration, graph.ReturnValue, _ready.Enqueue);
        else if (graph.IsEntry)
            _graph.Enter(in envelope, function, default, graph.Depth, null, _ready.Enqueue);
        else
            _graph.Call(in envelope, function, graph.Depth, graph.Duration, graph.ReturnValue, _ready.Enqueue);
    }
}
