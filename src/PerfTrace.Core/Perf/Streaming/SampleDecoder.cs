using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PerfTrace.Events;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Makes events of the samples of a stream, and keeps its tallies.</summary>
internal sealed class SampleDecoder
{
    // A sample is struct { header; u32 pid, tid; u64 time; u64 period; [u64 nr; u64 ips[nr];] u32 size; char data[size]; [u64 abi; u64 regs[1];] }
    private const int CommExec = 1 << 13; // PERF_RECORD_MISC_COMM_EXEC
    private const int PidOffset = 8, TidOffset = 12, AfterPeriod = 32;

    private readonly EventSchema?[] _schemas;
    private readonly EventFormat?[] _formats;
    private readonly SystemCallHook?[] _calls;
    private readonly EventOrigin _origin;
    private readonly bool _hasStack;
    private readonly StackNames? _stackNames;
    private readonly TaskNames _names;
    private readonly byte[] _own = new byte[64]; // the longest: common fields, number and six arguments
    private ulong _latest;

    public SampleDecoder(IReadOnlyList<StreamedEvent> events, EventOrigin origin, bool hasStack, SystemPaths paths)
    {
        int largest = events.Select(static e => e.Format.Id).DefaultIfEmpty(0).Max();
        _schemas = new EventSchema?[largest + 1];
        _formats = new EventFormat?[largest + 1];
        _calls = new SystemCallHook?[largest + 1];
        foreach (StreamedEvent e in events)
        {
            _formats[e.Format.Id] = e.Format;
            _calls[e.Format.Id] = e.Calls;
        }
        _origin = origin;
        _hasStack = hasStack;
        _stackNames = hasStack ? new StackNames(paths, origin.Environment.Symbols) : null;
        _names = new TaskNames(paths);
    }

    public long Events { get; private set; }

    public long OutOfOrder { get; private set; }

    public long Undecodable { get; private set; }

    /// <summary>Hears of records that tell of losses.</summary>
    public Action<int, ReadOnlySpan<byte>>? Lost { get; init; }

    /// <summary>Notes who is there before the stream begins; what changes from then on comes as records.</summary>
    public void Learn(IEnumerable<(int ProcessId, IReadOnlyList<int> Threads)> processes)
    {
        foreach ((int processId, IReadOnlyList<int> threads) in processes)
        {
            foreach (int thread in threads)
                _names.Learn(thread);
            _stackNames?.Learn(processId);
        }
    }

    /// <summary>The event of a sample; null for other records.</summary>
    public TraceEvent? Decode(PerfRing ring, in RecordIndex.Entry entry)
    {
        ReadOnlySpan<byte> record = ring.Record(entry.Position, entry.Size);
        switch (entry.Type)
        {
            case PerfRecordType.Sample:
                return DecodeSample(ring.Cpu, entry.Time, record);
            case PerfRecordType.Comm:
                _names.Comm(record);
                if ((BinaryPrimitives.ReadUInt16LittleEndian(record[4..]) & CommExec) != 0 && record.Length >= 12)
                    _stackNames?.Exec(BinaryPrimitives.ReadInt32LittleEndian(record[8..]));
                break;
            case PerfRecordType.Fork:
                _names.Fork(record, ring.Cpu);
                if (record.Length >= 16)
                    _stackNames?.Fork(BinaryPrimitives.ReadInt32LittleEndian(record[8..]), BinaryPrimitives.ReadInt32LittleEndian(record[12..]));
                break;
            case PerfRecordType.Mmap2:
                _stackNames?.Map(record);
                break;
            case PerfRecordType.Exit:
                _names.Exit(record);
                break;
            case PerfRecordType.Lost:
                Lost?.Invoke(ring.Cpu, record);
                break;
        }
        return null;
    }

    private TraceEvent? DecodeSample(int cpu, ulong time, ReadOnlySpan<byte> record)
    {
        int at = AfterPeriod;
        int processId = BinaryPrimitives.ReadInt32LittleEndian(record[PidOffset..]);
        int threadId = BinaryPrimitives.ReadInt32LittleEndian(record[TidOffset..]);
        EventStack? stack = null;
        if (_hasStack)
        {
            if (record.Length < at + 8 || BinaryPrimitives.ReadUInt64LittleEndian(record[at..]) is var frames && frames > (ulong)(record.Length - at - 8) / 8)
                return Bad();
            int bytes = (int)frames * 8;
            stack = _stackNames!.Stack(processId, MemoryMarshal.Cast<byte, ulong>(record.Slice(at + 8, bytes)));
            at += 8 + bytes;
        }
        if (record.Length < at + 4 || BinaryPrimitives.ReadUInt32LittleEndian(record[at..]) is var size && size > record.Length - at - 4)
            return Bad();
        ReadOnlySpan<byte> raw = record.Slice(at + 4, (int)size);
        if (raw.Length < 2)
            return Bad();
        int id = BinaryPrimitives.ReadUInt16LittleEndian(raw);
        if ((uint)id >= (uint)_schemas.Length)
            return Bad();
        SystemCallHook? calls = _calls[id];
        if (calls is not null && (calls.SchemaOf(raw) is null || IsOf32Bit(record[(at + 4 + (int)size)..])))
            return null; // of no tracepoint that was asked for
        EventSchema? schema = calls is not null ? calls.SchemaOf(raw) : _schemas[id] ?? LearnSchema(id);
        if (schema is null)
            return Bad();
        if (time < _latest)
            OutOfOrder++;
        else
            _latest = time;
        Events++;
        if (calls is not null)
            raw = AsOwn(raw, schema);
        var envelope = new EventEnvelope(_origin, time, cpu, processId, threadId, _names.Of(threadId, cpu), stack);
        return schema.Create(in envelope, raw);
    }

    // u64 abi; u64 regs[1] where there are any. Of a system call there always are.
    private static bool IsOf32Bit(ReadOnlySpan<byte> registers)
    {
        const ulong PERF_SAMPLE_REGS_ABI_32 = 1;
        return registers.Length >= 8 && BinaryPrimitives.ReadUInt64LittleEndian(registers) == PERF_SAMPLE_REGS_ABI_32;
    }

    // The record that the call's own tracepoint would have had.
    private ReadOnlySpan<byte> AsOwn(ReadOnlySpan<byte> raw, EventSchema schema)
    {
        int length = Math.Min(Math.Min(raw.Length, schema.FixedSize), _own.Length);
        raw[..length].CopyTo(_own);
        BinaryPrimitives.WriteUInt16LittleEndian(_own, (ushort)schema.Format.Id);
        return _own.AsSpan(0, length);
    }

    private EventSchema? LearnSchema(int id) => _formats[id] is { } format ? _schemas[id] = EventSchemas.For(format) : null;

    private TraceEvent? Bad()
    {
        Undecodable++;
        return null;
    }
}
