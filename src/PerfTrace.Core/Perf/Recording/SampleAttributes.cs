using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>The attributes of sampled events: what perf-record(1) asks of the kernel for the same wish.</summary>
internal sealed class SampleAttributes(SamplingOptions options, int ringSize, bool isSystemWide, bool hasSeveral)
{
    private const ulong DummyConfig = 9; // PERF_COUNT_SW_DUMMY

    // enum perf_event_x86_regs without the segment registers ds, es, fs and gs; enum perf_event_arm_regs through pc (arch/*/include/uapi/asm/perf_regs.h).
    private const ulong RegistersX64 = 0xff0fff, RegistersArm64 = (1UL << 33) - 1;

    private const int MostPrecise = 3;

    // PERF_SAMPLE_BRANCH_USER | CALL_STACK | NO_FLAGS | NO_CYCLES | HW_INDEX
    private const ulong CallBranches = 1UL << 0 | 1UL << 11 | 1UL << 14 | 1UL << 15 | 1UL << 17;

    private static ulong AllRegisters => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? RegistersArm64 : RegistersX64;

    /// <summary>An event that counts nothing and reports names, forks and mappings: for targets and times where the sampled events do not.</summary>
    public PerfEventAttr ForTracking()
    {
        PerfEventAttr attributes = Common(new PerfEventAttr { Type = (uint)PerfType.Software, Config = DummyConfig });
        attributes.SamplePeriod = 1;
        attributes.SampleType = Place;
        SetTracking(ref attributes);
        attributes.Set(PerfEventFlags.ExcludeGuest, false);
        return attributes;
    }

    /// <param name="e">What to sample.</param>
    /// <param name="tracks">It reports names, forks and mappings as well.</param>
    public PerfEventAttr For(PerfEvent e, bool tracks)
    {
        PerfEventAttr attributes = Common(e.Attributes);
        bool isTracepoint = e.Kind == PerfEventKind.Tracepoint;
        attributes.SampleType = Place | PerfSampleFormat.Period | (isTracepoint ? PerfSampleFormat.Raw | PerfSampleFormat.Cpu : 0);
        if (e.IsPreciseMaximum)
            attributes.PreciseIp = MostPrecise;
        SetRate(ref attributes, isTracepoint);
        SetStack(ref attributes);
        attributes.Set(PerfEventFlags.WriteBackward, options.Overwrite);
        if (tracks)
            SetTracking(ref attributes);
        return attributes;
    }

    /// <summary>The leader's samples have the counts of the group, whose other events are not sampled: {…}:S.</summary>
    /// <param name="attributes">Of an event of the group.</param>
    /// <param name="leader">Of its leader; null: it is the leader.</param>
    public static void ReadWithLeader(ref PerfEventAttr attributes, PerfEventAttr? leader)
    {
        attributes.ReadFormat |= PerfReadFormat.Group;
        attributes.SampleType |= PerfSampleFormat.Read;
        // Before Linux 6.12 no event that children inherit could be read so.
        attributes.Set(PerfEventFlags.Inherit, false);
        if (leader is not { } first)
            return;
        // The samples that readers make of the counts are like the leader's.
        attributes.SampleType = first.SampleType;
        attributes.SamplePeriod = 0;
        attributes.Set(PerfEventFlags.Frequency | PerfEventFlags.WriteBackward, false);
    }

    private PerfSampleFormat Place => PerfSampleFormat.Ip | PerfSampleFormat.Tid | PerfSampleFormat.Time
        | (isSystemWide ? PerfSampleFormat.Cpu : 0) | (hasSeveral ? PerfSampleFormat.Identifier : 0);

    private PerfEventAttr Common(PerfEventAttr attributes)
    {
        attributes.Size = PerfEventAttr.StructureSize;
        attributes.ReadFormat = PerfReadFormat.Id | PerfReadFormat.Lost;
        // CLOCK_MONOTONIC and not the scheduler's: the recording can tell the time of day, and jitdump files have the same times.
        attributes.Set(PerfEventFlags.Disabled | PerfEventFlags.SampleIdAll | PerfEventFlags.UseClockId, true);
        attributes.ClockId = KernelClock.MonotonicId;
        // Three quarters of a ring are there for the reader's delays.
        attributes.Set(PerfEventFlags.Watermark, !options.WakesAtOnce);
        attributes.WakeupEvents = options.WakesAtOnce ? 1U : (uint)(ringSize / 4);
        attributes.Set(PerfEventFlags.Inherit, !isSystemWide && options.Inherit);
        return attributes;
    }

    private void SetTracking(ref PerfEventAttr attributes)
    {
        attributes.Set(PerfEventFlags.ContextSwitch, options.Switches);
        // An unwinder reads the frame information where it is mapped: with libraries of today that is not where the code is.
        attributes.Set(PerfEventFlags.MmapData, options.CallStack == CallStackMode.Dwarf);
        attributes.Set(PerfEventFlags.Mmap | PerfEventFlags.Mmap2 | PerfEventFlags.Comm | PerfEventFlags.CommExec | PerfEventFlags.Task
            | PerfEventFlags.KernelSymbol | PerfEventFlags.BpfEvent, true);
    }

    // A tracepoint is sampled each time, and a term of the event (period=, freq=) counts, unless the user says otherwise.
    private void SetRate(ref PerfEventAttr attributes, bool isTracepoint)
    {
        if (options.Period is { } period)
        {
            attributes.SamplePeriod = (ulong)period;
            attributes.Set(PerfEventFlags.Frequency, false);
        }
        else if (options.Frequency is { } frequency)
        {
            attributes.SamplePeriod = (ulong)frequency;
            attributes.Set(PerfEventFlags.Frequency, true);
        }
        else if (isTracepoint || attributes.Type == (uint)PerfType.Breakpoint)
        {
            attributes.SamplePeriod = 1;
        }
        else if (attributes.SamplePeriod == 0)
        {
            attributes.SamplePeriod = (ulong)options.DefaultFrequency;
            attributes.Set(PerfEventFlags.Frequency, true);
        }
    }

    private void SetStack(ref PerfEventAttr attributes)
    {
        if (options.UserRegisters || options.CallStack == CallStackMode.Dwarf)
        {
            attributes.SampleType |= PerfSampleFormat.UserRegisters;
            attributes.SampleRegsUser = AllRegisters;
        }
        switch (options.CallStack)
        {
            case CallStackMode.FramePointer:
                attributes.SampleType |= PerfSampleFormat.CallChain;
                break;
            case CallStackMode.Dwarf:
                attributes.SampleType |= PerfSampleFormat.CallChain | PerfSampleFormat.UserStack;
                attributes.SampleStackUser = (uint)options.StackSize;
                attributes.Set(PerfEventFlags.ExcludeCallchainUser, true);
                break;
            case CallStackMode.Lbr:
                attributes.SampleType |= PerfSampleFormat.CallChain | PerfSampleFormat.BranchStack;
                attributes.BranchSampleType = CallBranches;
                attributes.Set(PerfEventFlags.ExcludeCallchainUser, true);
                break;
        }
    }
}
