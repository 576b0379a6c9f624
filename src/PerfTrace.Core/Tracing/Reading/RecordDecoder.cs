using System.Buffers.Binary;
using System.Globalization;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>Makes objects of the records of ftrace's buffers, and keeps their tallies.</summary>
internal sealed class RecordDecoder(ITraceFormats formats, TraceTasks tasks, EventOrigin origin, Func<EventFormat, bool>? isWanted, TraceStacks stacks)
{
    /// <summary>
    /// So long a stack may come after its event. It is written at once, but the reader can see what lies between: the host of a virtual machine may
    /// halt one processor there and let another go on.
    /// </summary>
    private static readonly TimeSpan StackDelay = TimeSpan.FromMilliseconds(100);

    // struct trace_entry: u16 type, u8 flags, u8 preempt_count, int pid.
    private const int HeadSize = 8, ContextOffset = 2, PidOffset = 4;

    private readonly Dictionary<int, RecordType?> _types = [];
    private readonly GraphJoiner _graph = new();
    private RecordType? _last;
    private int _lastId = -1;
    private ulong _latest;
    private Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool>? _isStackOf;
    private bool _hasKernelStack, _hasUserStack;

    /// <summary>Records that became objects, or parts of one.</summary>
    public long Records { get; private set; }

    public long OutOfOrder { get; private set; }

    public long Undecodable { get; private set; }

    /// <summary>Records have the kernel's stack behind them: it was asked for, or has been seen.</summary>
    public bool HasKernelStacks { get; set; }

    /// <summary>Records have the program's stack behind them.</summary>
    public bool HasUserStacks { get; set; }

    /// <summary>Gets what records become: none, one or several.</summary>
    public required Action<TraceRecord> Output { get; init; }

    /// <summary>Forgets what numbers meant.</summary>
    public void Forget()
    {
        _types.Clear();
        _lastId = -1;
    }

    /// <summary>The stacks of the record that a CPU's buffer has next may not have been read yet.</summary>
    public bool AwaitsStacks(CpuPipe pipe)
    {
        if (!(HasKernelStacks || HasUserStacks))
            return false;
        _hasKernelStack = _hasUserStack = false;
        return pipe.MayGoOn(_isStackOf ??= NoteStackOf) && ((HasKernelStacks && !_hasKernelStack) || (HasUserStacks && !_hasUserStack)) && pipe.QuietFor < StackDelay;
    }

    /// <summary>Decodes the record that a CPU's buffer has next, with the stacks that follow it.</summary>
    public void DecodeNext(CpuPipe pipe)
    {
        ulong time = pipe.NextTime;
        ReadOnlySpan<byte> record = pipe.Next;
        pipe.Skip();
        if (time < _latest)
            OutOfOrder++;
        else
            _latest = time;
        if (record.Length < HeadSize)
        {
            Undecodable++;
            return;
        }
        RecordType? type = TypeOf(record);
        EventStack? stack = null;
        int threadId = BinaryPrimitives.ReadInt32LittleEndian(record[PidOffset..]);
        // Looked at before the name is: whether or not it is wanted, its stacks are not another's.
        List<ulong>? kernelFrames = null, userFrames = null;
        if (type?.Kind is RecordKind.KernelStack or RecordKind.UserStack)
            AddFrames(type, record, ref kernelFrames, ref userFrames);
        while (pipe.FindNext() && IsStackOf(pipe.Next, record))
        {
            AddFrames(TypeOf(pipe.Next)!, pipe.Next, ref kernelFrames, ref userFrames);
            pipe.Skip();
        }
        Records++;
        if (type is { IsWanted: false } || (type is null && isWanted is not null))
            return;
        int processId = tasks.ProcessOf(threadId);
        if (kernelFrames is not null || userFrames is not null)
            stack = stacks.Stack(kernelFrames ?? [], userFrames ?? [], processId);
        var envelope = new EventEnvelope(origin, time, pipe.Cpu, processId, threadId, tasks.NameOf(threadId, pipe.Cpu), stack);
        Decode(type, in envelope, record);
    }

    /// <summary>Calls that have not returned.</summary>
    public void Finish() => _graph.Finish(Output);

    private void Decode(RecordType? type, in EventEnvelope envelope, ReadOnlySpan<byte> record)
    {
        switch (type?.Kind)
        {
            case null:
                Undecodable++;
                Output(new TraceText(in envelope, "", string.Create(CultureInfo.InvariantCulture, $"Unknown type {BinaryPrimitives.ReadUInt16LittleEndian(record)}")));
                break;
            case RecordKind.Function:
                Output(new FunctionEntry(in envelope, new FunctionName(type.Number(record, 0)), new FunctionName(type.Number(record, 1))) { Arguments = type.Words(record, 2) });
                break;
            case RecordKind.GraphEntry:
                _graph.Enter(in envelope, new FunctionName(type.Number(record, 0)), new FunctionName(type.Number(record, 2)), (int)type.Number(record, 1), type.Words(record, 3), Output);
                break;
            case RecordKind.GraphExit:
                // Newer kernels may leave the times to the records' own.
                ulong? called = type.Has(2) ? type.Number(record, 2) : null;
                ulong? duration = called is { } start && type.Has(3) ? type.Number(record, 3) - start : null;
                _graph.Return(in envelope, new FunctionName(type.Number(record, 0)), (int)type.Number(record, 1), called, duration,
                    type.Has(4) ? type.Number(record, 4) : null, Output);
                break;
            case RecordKind.Marker:
                DecodeMarker(type, in envelope, record);
                break;
            case RecordKind.BpfPrintk:
                Output(new BpfPrintk(in envelope, type.Text(record, 0).TrimEnd('\n')));
                break;
            case RecordKind.KernelStack or RecordKind.UserStack:
                // What it is the stack of is lost.
                Output(new TraceText(in envelope, type.Format.FullName, type.Kind == RecordKind.KernelStack ? "<stack trace>" : "<user stack trace>"));
                break;
            default:
                Output(type.Schema.Create(in envelope, Trim(type, record)));
                break;
        }
    }

    private void DecodeMarker(RecordType type, in EventEnvelope envelope, ReadOnlySpan<byte> record)
    {
        string message = type.Schema.PrintFormat.Render(record, origin.Environment);
        string function = new FunctionName(type.Number(record, 0)).Text(origin);
        string text = message.StartsWith($"{function}: ", StringComparison.Ordinal) ? message[(function.Length + 2)..] : message;
        Output(new TraceMarker(in envelope, type.Format.FullName, function, text, message));
    }

    // The buffer rounds lengths up to words; what has no dynamic part has no use for the rest.
    private static ReadOnlySpan<byte> Trim(RecordType type, ReadOnlySpan<byte> record) =>
        type.Schema.HasDynamicPart || record.Length <= type.BaseSize ? record : record[..type.BaseSize];

    private RecordType? TypeOf(ReadOnlySpan<byte> record)
    {
        int id = BinaryPrimitives.ReadUInt16LittleEndian(record);
        if (id == _lastId)
            return _last;
        if (!_types.TryGetValue(id, out RecordType? type))
        {
            type = formats.Find(id) is { } format ? RecordType.Of(format, isWanted) : null;
            if (type is not null)
                _types.Add(id, type);
        }
        (_lastId, _last) = (id, type);
        return type;
    }

    // A stack is recorded with the flags, the preemption count and the thread of its event.
    private bool IsStackOf(ReadOnlySpan<byte> next, ReadOnlySpan<byte> record) =>
        next.Length >= HeadSize && next[ContextOffset..HeadSize].SequenceEqual(record[ContextOffset..HeadSize])
        && TypeOf(next)?.Kind is RecordKind.KernelStack or RecordKind.UserStack;

    private bool NoteStackOf(ReadOnlySpan<byte> next, ReadOnlySpan<byte> record)
    {
        if (!IsStackOf(next, record))
            return false;
        bool isKernel = TypeOf(next)!.Kind == RecordKind.KernelStack;
        _hasKernelStack |= isKernel;
        _hasUserStack |= !isKernel;
        return true;
    }

    private void AddFrames(RecordType type, ReadOnlySpan<byte> record, ref List<ulong>? kernelFrames, ref List<ulong>? userFrames)
    {
        if (type.Kind == RecordKind.KernelStack)
        {
            HasKernelStacks = true;
            kernelFrames = TraceStacks.Frames(record, type.OffsetOf(1), type.Has(0) ? (int)Math.Min(type.Number(record, 0), int.MaxValue) : int.MaxValue);
        }
        else
        {
            HasUserStacks = true;
            userFrames = TraceStacks.Frames(record, type.OffsetOf(1), int.MaxValue);
        }
    }
}
