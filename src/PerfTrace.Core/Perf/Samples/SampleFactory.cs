using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>Makes samples of records that come in the order of their times, with what the records before told of processes and their mappings.</summary>
internal sealed class SampleFactory : IDisposable
{
    private const int CpuModeMask = 7;

    // perf's PERF_MAX_STACK_DEPTH
    private const int DeepestStack = 127;

    // PERF_RECORD_MISC_MMAP_BUILD_ID
    private const int BuildIdFlag = 1 << 14;

    // PERF_RECORD_MISC_MMAP_DATA
    private const int MapOfData = 1 << 13;

    private readonly PerfDataEvents _events;
    private readonly RecordedTasks _tasks;
    private readonly RecordedKernel _kernel;
    private readonly CallChainReader _chains;
    private readonly Dictionary<int, EventSchema> _schemas = [];
    private readonly Dictionary<ulong, ulong> _counts = [];
    private readonly UserUnwinder _unwinder = new();
    private readonly ulong[] _unwound = new ulong[DeepestStack];
    private EventOrigin? _origin;

    public SampleFactory(PerfDataEvents events, SymbolStore symbols)
    {
        _events = events;
        Modules = new RecordedModules(symbols);
        _tasks = new RecordedTasks(Modules);
        _kernel = new RecordedKernel(Modules);
        _chains = new CallChainReader(Modules, _kernel);
    }

    public RecordedModules Modules { get; }

    public RecordedFormats Formats { get; } = new();

    /// <summary>Nanoseconds to add to the clock of the records for nanoseconds since 1970.</summary>
    public long? WallClockOffset { get; set; }

    /// <summary>Where it was recorded.</summary>
    public string? HostName { get; set; }

    /// <summary>The kernel's release there.</summary>
    public string? OSRelease
    {
        get;
        set => Modules.IsOtherKernel = (field = value) != KernelRelease.Current;
    }

    /// <summary>The machine there, as uname -m calls it; null for this one's.</summary>
    public string? Architecture { get; set; }

    /// <summary>What keeps call stacks from being complete, as a sentence; null when nothing does.</summary>
    public string? Missing => _unwinder.Missing;

    public void Dispose() => _unwinder.Dispose();

    /// <summary>Takes in what a record that is no sample tells. Returns how many records the kernel says it has lost.</summary>
    public long Note(PerfDataRecord record)
    {
        PerfDataBytes bytes = record.Bytes;
        int trailer = _events.Count > 0 ? _events.Layout(0).TrailerSize : 0;
        switch ((PerfRecordType)record.Type)
        {
            case PerfRecordType.Mmap:
                // struct { header; u32 pid, tid; u64 addr, len, pgoff; char filename[]; sample_id }: whether it is code, a flag tells.
                if ((bytes.Word16(4) & MapOfData) == 0)
                    Map(bytes, nameOffset: 40, buildId: null);
                break;
            case PerfRecordType.Mmap2:
                // struct { header; u32 pid, tid; u64 addr, len, pgoff; 24 bytes: inode or build id; u32 prot, flags; char filename[]; sample_id }
                const int IdOffset = 40, ProtectionOffset = 64, Executable = 4;
                // Unwinding reads a stack as far as memory is known to be there. The kernel's own, which perf record --buildid-mmap tells so, has no protection.
                if ((bytes.Word32(ProtectionOffset) & Executable) != 0 || (CpuMode)(bytes.Word16(4) & CpuModeMask) == CpuMode.Kernel || (_events.Count > 0 && (_events.Attribute(0).SampleType & PerfSampleFormat.UserStack) != 0))
                    Map(bytes, nameOffset: 72, (bytes.Word16(4) & BuildIdFlag) == 0 ? null : Convert.ToHexStringLower(bytes.Slice(IdOffset + 4, Math.Min((int)bytes.Byte(IdOffset), 20))));
                break;
            case PerfRecordType.Comm:
                _tasks.Name(bytes, trailer);
                break;
            case PerfRecordType.Fork:
                _tasks.Fork(bytes);
                break;
            case PerfRecordType.Exit:
                _tasks.Exit(bytes);
                break;
            case PerfRecordType.KernelSymbol:
                _kernel.Symbol(bytes, trailer);
                break;
            case PerfRecordType.Lost:
                return (long)bytes.Word64(16);
            case PerfRecordType.LostSamples:
                return (long)bytes.Word64(8);
        }
        return 0;
    }

    /// <summary>Makes the sample of a record; of one that counts a whole group one for each member that has counted.</summary>
    /// <exception cref="PerfDataException">The record is shorter than what it must have.</exception>
    public void Make(PerfDataBytes bytes, Queue<PerfSample> samples)
    {
        int index = _events.IndexOf(bytes);
        PerfSampleLayout layout = _events.Layout(index);
        var record = default(PerfSampleRecord);
        layout.Parse(bytes, ref record);
        if ((_events.Attribute(index).SampleType & PerfSampleFormat.Read) == 0)
        {
            samples.Enqueue(Sample(bytes, index, in record));
            return;
        }
        // As perf has it (evlist__deliver_sample): what each has counted since the sample before is its period.
        for (int i = 0, count = layout.CountsIn(record.Counts); i < count; i++)
        {
            (ulong id, ulong value) = layout.CountOf(record.Counts, i);
            if (_events.OfId(id) is not { } member)
                continue;
            record.Period = value - _counts.GetValueOrDefault(id);
            _counts[id] = value;
            if (record.Period != 0)
                samples.Enqueue(Sample(bytes, member, in record));
        }
    }

    private PerfSample Sample(PerfDataBytes bytes, int index, ref readonly PerfSampleRecord record)
    {
        PerfDataAttribute attribute = _events.Attribute(index);
        PerfSampleFormat format = attribute.SampleType;
        var mode = (CpuMode)(bytes.Word16(4) & CpuModeMask);
        bool hasTask = (format & PerfSampleFormat.Tid) != 0;
        bool hasIp = (format & PerfSampleFormat.Ip) != 0;
        string? name = hasTask ? _tasks.NameOf(record.ThreadId) : null;
        MappingTable user = _tasks.TableOf(record.ProcessId);
        return new PerfSample
        {
            EventName = NameOf(index),
            TimestampNanoseconds = (format & PerfSampleFormat.Time) != 0 ? record.Time : null,
            WallClockOffset = WallClockOffset,
            Cpu = (format & PerfSampleFormat.Cpu) != 0 ? record.Cpu : null,
            ProcessId = hasTask ? record.ProcessId : null,
            ThreadId = hasTask ? record.ThreadId : null,
            CommandName = name,
            Period = (long)record.Period,
            InstructionPointer = hasIp ? record.Ip : null,
            Frame = hasIp ? _chains.Frame(record.Ip, mode, user, isCaller: false) : null,
            CallStack = (format & PerfSampleFormat.CallChain) != 0 ? _chains.Frames(record.CallChain, mode, user, Unwind(attribute, in record, user)) : null,
            Address = (format & PerfSampleFormat.Address) != 0 ? record.Address : null,
            TraceEvent = attribute.Type == (uint)PerfType.Tracepoint && (format & PerfSampleFormat.Raw) != 0 ? Event(attribute, in record, name) : null,
        };
    }

    // The program's part of a stack that was sampled as it is (perf record --call-graph dwarf); nothing otherwise.
    private ReadOnlySpan<ulong> Unwind(PerfDataAttribute attribute, ref readonly PerfSampleRecord record, MappingTable user)
    {
        const ulong Abi32 = 1;
        if (record.UserStack.Length == 0 || record.UserRegisters.Length == 0 || record.UserStack.IsBigEndian == BitConverter.IsLittleEndian)
            return [];
        bool is32Bit = record.UserRegisterAbi == Abi32;
        if (UnwindMachine.Of(MachineOf(Architecture ?? KernelRelease.Machine), is32Bit) is not { } machine)
            return [];
        Span<ulong> registers = stackalloc ulong[record.UserRegisters.Length / sizeof(ulong)];
        for (int i = 0; i < registers.Length; i++)
            registers[i] = record.UserRegisters.Word64(i * sizeof(ulong));
        int count = _unwinder.Unwind(user, machine, new UserRegisters(attribute.UserRegisters, registers, is32Bit), record.UserStack.Slice(0, record.UserStack.Length), _unwound);
        return _unwound.AsSpan(0, count);
    }

    private static ElfMachine MachineOf(string name) => name switch
    {
        "x86_64" => ElfMachine.X86_64,
        "aarch64" => ElfMachine.Arm64,
        _ when name.Length == 4 && name.EndsWith("86", StringComparison.Ordinal) => ElfMachine.X86, // i386 to i686
        _ => ElfMachine.None,
    };

    // struct { header; u32 pid, tid; u64 addr, len, pgoff; … }: the kernel's own mappings are those of no process.
    private void Map(PerfDataBytes bytes, int nameOffset, string? buildId)
    {
        int processId = (int)bytes.Word32(8);
        ulong start = bytes.Word64(16), length = bytes.Word64(24), offset = bytes.Word64(32);
        string path = bytes.Text(nameOffset, bytes.Length - nameOffset);
        if ((CpuMode)(bytes.Word16(4) & CpuModeMask) == CpuMode.Kernel)
            _kernel.Map(path, start, length, offset, buildId);
        else
            _tasks.Map(processId, path, start, length, offset, buildId);
    }

    private string NameOf(int index) => _events.NameOf(index) ?? Describe(index);

    private string Describe(int index)
    {
        PerfDataAttribute attribute = _events.Attribute(index);
        return attribute.Type == (uint)PerfType.Tracepoint && Formats.Of((int)attribute.Config) is { } format ? format.FullName : attribute.Describe(null, 0).Name;
    }

    private TraceEvent? Event(PerfDataAttribute attribute, in PerfSampleRecord record, string? name)
    {
        int id = (int)attribute.Config;
        if (!_schemas.TryGetValue(id, out EventSchema? schema))
        {
            if (Formats.Of(id) is not { } format)
                return null;
            _schemas.Add(id, schema = EventSchemas.For(format));
        }
        _origin ??= new EventOrigin(null, WallClockOffset, IsThisKernel() ? PrintEnvironment.Current : PrintEnvironment.Empty);
        var envelope = new EventEnvelope(_origin, record.Time, record.Cpu, record.ProcessId, record.ThreadId, name);
        ReadOnlySpan<byte> raw = record.Raw.Slice(0, record.Raw.Length);
        return schema.Create(in envelope, Formats.IsBigEndian == BitConverter.IsLittleEndian ? RecordedPayload.Reverse(schema.Format, raw) : raw);
    }

    // Addresses in an event's text mean something to the kernel that wrote it alone.
    private bool IsThisKernel() => HostName == Environment.MachineName && OSRelease == KernelRelease.Current;
}
