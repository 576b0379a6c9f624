using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Support;

/// <summary>A program that writes a record into a buffer each time that it runs, and the map of the buffer. Records are numbers of 8 bytes that count from 0, and more of them.</summary>
internal sealed unsafe class BpfProducer : IDisposable
{
    private const ulong CurrentCpu = 0xffffffff; // BPF_F_CURRENT_CPU

    private readonly FileDescriptor _map;
    private readonly FileDescriptor _next;
    private readonly FileDescriptor _refused;
    private readonly FileDescriptor _program;
    private readonly BpfProgramType _type;

    private BpfProducer(BpfProgramType type, FileDescriptor map, FileDescriptor next, FileDescriptor refused, BpfCode code)
    {
        _type = type;
        _map = map;
        _next = next;
        _refused = refused;
        Map = BpfMap.Of(map);
        LossCounter = BpfMap.Of(refused);
        _program = BpfProgramLoader.Load(new BpfProgramRequest(type, code) { Name = "test_producer" });
    }

    /// <summary>The buffer.</summary>
    public BpfMap Map { get; }

    /// <summary>The map in which the program counts what found no room.</summary>
    public BpfMap LossCounter { get; }

    /// <summary>A ring buffer, written by <c>bpf_ringbuf_reserve</c>; of <paramref name="discardEvery"/> records one is taken back.</summary>
    public static BpfProducer Ring(int size, int recordSize = 64, int discardEvery = 0, string name = "test_ring", bool wakes = true)
    {
        FileDescriptor map = BpfCounter.CreateMap(BpfMapType.RingBuffer, 0, 0, size, name), next = BpfCounter.CreateArray(sizeof(ulong), 1, "test_next");
        FileDescriptor refusedCount = BpfCounter.CreateArray(sizeof(ulong), 1, "test_refused");
        const int NoWakeup = 1; // BPF_RB_NO_WAKEUP
        var a = new BpfAssembler();
        BpfLabel refused = a.DefineLabel(), discard = a.DefineLabel();
        a.LoadMap(BpfRegister.R1, map);
        a.Move(BpfRegister.R2, recordSize);
        a.Move(BpfRegister.R3, 0);
        a.Call(BpfHelper.RingbufReserve);
        a.JumpIf64(BpfCondition.Equal, BpfRegister.R0, 0, refused);
        a.Move(BpfRegister.R6, BpfRegister.R0);
        EmitNext(a, next);
        a.Store(BpfSize.Bits64, BpfRegister.R6, 0, BpfRegister.R7);
        for (int at = sizeof(ulong); at + sizeof(ulong) <= recordSize; at += sizeof(ulong))
            a.Store(BpfSize.Bits64, BpfRegister.R6, at, at);
        if (discardEvery > 0)
        {
            a.Alu64(BpfArithmetic.Modulo, BpfRegister.R7, discardEvery);
            a.JumpIf64(BpfCondition.Equal, BpfRegister.R7, 0, discard);
        }
        EmitEnd(a, BpfHelper.RingbufSubmit, wakes ? 0 : NoWakeup);
        if (discardEvery > 0)
        {
            a.Mark(discard);
            EmitEnd(a, BpfHelper.RingbufDiscard, wakes ? 0 : NoWakeup);
        }
        a.Mark(refused);
        a.LoadMapValue(BpfRegister.R1, refusedCount, 0);
        a.Move(BpfRegister.R2, 1);
        a.Atomic(BpfAtomic.Add, BpfSize.Bits64, BpfRegister.R1, 0, BpfRegister.R2);
        a.Move(BpfRegister.R0, 0);
        a.Exit();
        return new BpfProducer(BpfProgramType.SocketFilter, map, next, refusedCount, a.Assemble());
    }

    /// <summary>A perf buffer for each CPU.</summary>
    public static BpfProducer Perf(string name = "test_perf")
    {
        FileDescriptor map = BpfCounter.CreateMap(BpfMapType.PerfEventArray, sizeof(uint), sizeof(uint), Environment.ProcessorCount, name);
        FileDescriptor next = BpfCounter.CreateArray(sizeof(ulong), 1, "test_next"), refusedCount = BpfCounter.CreateArray(sizeof(ulong), 1, "test_refused");
        var a = new BpfAssembler();
        BpfLabel written = a.DefineLabel();
        a.Move(BpfRegister.R6, BpfRegister.R1);
        EmitNext(a, next);
        a.Store(BpfSize.Bits64, BpfRegister.R10, -16, BpfRegister.R7);
        a.Store(BpfSize.Bits64, BpfRegister.R10, -8, 7);
        a.Move(BpfRegister.R1, BpfRegister.R6);
        a.LoadMap(BpfRegister.R2, map);
        a.Move(BpfRegister.R3, (long)CurrentCpu);
        a.Move(BpfRegister.R4, BpfRegister.R10);
        a.Alu64(BpfArithmetic.Add, BpfRegister.R4, -16);
        a.Move(BpfRegister.R5, 16);
        a.Call(BpfHelper.PerfEventOutput);
        a.JumpIf64(BpfCondition.Equal, BpfRegister.R0, 0, written);
        a.LoadMapValue(BpfRegister.R1, refusedCount, 0);
        a.Move(BpfRegister.R2, 1);
        a.Atomic(BpfAtomic.Add, BpfSize.Bits64, BpfRegister.R1, 0, BpfRegister.R2);
        a.Mark(written);
        a.Move(BpfRegister.R0, 0);
        a.Exit();
        return new BpfProducer(BpfProgramType.RawTracepoint, map, next, refusedCount, a.Assemble());
    }

    /// <summary>Runs the program so often. On one CPU, where it says which.</summary>
    public void Run(int times = 1, int? cpu = null)
    {
        byte* data = stackalloc byte[64];
        byte* attributes = stackalloc byte[80];
        for (int i = 0; i < (_type == BpfProgramType.SocketFilter ? 1 : times); i++)
        {
            new Span<byte>(attributes, 80).Clear();
            *(uint*)attributes = (uint)_program.Number;
            if (_type == BpfProgramType.SocketFilter)
            {
                *(uint*)(attributes + 8) = 64; // data_size_in
                *(ulong*)(attributes + 16) = (ulong)data;
                *(uint*)(attributes + 32) = (uint)times; // repeat
            }
            else if (cpu is { } one)
            {
                *(uint*)(attributes + 64) = 1; // BPF_F_TEST_RUN_ON_CPU
                *(uint*)(attributes + 68) = (uint)one;
            }
            BpfCalls.Call(BpfCommand.ProgramTestRun, attributes, 80, "test_producer");
        }
    }

    /// <summary>How many records found no room, by the program's own count.</summary>
    public ulong Refused
    {
        get
        {
            uint key = 0;
            ulong value = 0;
            ulong* attributes = stackalloc ulong[4];
            attributes[0] = (uint)_refused.Number;
            attributes[1] = (ulong)&key;
            attributes[2] = (ulong)&value;
            attributes[3] = 0;
            BpfCalls.Call(BpfCommand.MapLookup, attributes, 32, "counters");
            return value;
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        _map.Dispose();
        _next.Dispose();
        _refused.Dispose();
    }

    // r7 = the next number
    private static void EmitNext(BpfAssembler a, FileDescriptor counters)
    {
        a.LoadMapValue(BpfRegister.R1, counters, 0);
        a.Move(BpfRegister.R7, 1);
        a.Atomic(BpfAtomic.FetchAdd, BpfSize.Bits64, BpfRegister.R1, 0, BpfRegister.R7);
    }

    private static void EmitEnd(BpfAssembler a, BpfHelper helper, int flags)
    {
        a.Move(BpfRegister.R1, BpfRegister.R6);
        a.Move(BpfRegister.R2, flags);
        a.Call(helper);
        a.Move(BpfRegister.R0, 0);
        a.Exit();
    }
}
