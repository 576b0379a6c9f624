using System.Numerics;

namespace PerfTrace.Perf;

/// <summary>What a perf.data file says of an event: the part of struct perf_event_attr that tells how to read its records, and the numbers of its counters.</summary>
/// <param name="Type">perf_event_attr.type.</param>
/// <param name="Config">perf_event_attr.config.</param>
/// <param name="Rate">sample_period, or sample_freq with <see cref="PerfEventFlags.Frequency"/>.</param>
/// <param name="SampleType">What samples have.</param>
/// <param name="ReadFormat">What the counts in samples have.</param>
/// <param name="Flags">The bit field.</param>
/// <param name="Ids">The numbers by which its records name it.</param>
internal sealed record PerfDataAttribute(
    uint Type, ulong Config, ulong Rate, PerfSampleFormat SampleType, PerfReadFormat ReadFormat, PerfEventFlags Flags, IReadOnlyList<ulong> Ids)
{
    // PERF_ATTR_SIZE_VER0; an attribute that tells no size has this one.
    public const int SmallestSize = 64;

    private const int FlagsOffset = 40, BranchSampleTypeOffset = 72, UserRegistersOffset = 80, ClockOffset = 92, InterruptRegistersOffset = 96;

    /// <summary>perf_event_attr.branch_sample_type.</summary>
    public ulong BranchSampleType { get; init; }

    /// <summary>perf_event_attr.sample_regs_user: the registers that samples have, as bits by the architecture's numbers (asm/perf_regs.h).</summary>
    public ulong UserRegisters { get; init; }

    /// <summary>perf_event_attr.sample_regs_intr.</summary>
    public ulong InterruptRegisters { get; init; }

    /// <summary>perf_event_attr.clockid, where <see cref="PerfEventFlags.UseClockId"/> is set.</summary>
    public int ClockId { get; init; }

    public bool IsFrequency => (Flags & PerfEventFlags.Frequency) != 0;

    /// <summary>Reads struct perf_event_attr.</summary>
    /// <exception cref="PerfDataException">It is too short.</exception>
    public static PerfDataAttribute Parse(PerfDataBytes bytes, IReadOnlyList<ulong> ids)
    {
        // A bit field begins with the least significant bit where the machine's numbers begin with their least significant byte, and with the
        // most significant one otherwise.
        ulong flags = bytes.Word64(FlagsOffset);
        int size = SizeOf(bytes);
        return new PerfDataAttribute(bytes.Word32(0), bytes.Word64(8), bytes.Word64(16), (PerfSampleFormat)bytes.Word64(24), (PerfReadFormat)bytes.Word64(32),
            (PerfEventFlags)(bytes.IsBigEndian ? Reverse(flags) : flags), ids)
        {
            BranchSampleType = size >= UserRegistersOffset ? bytes.Word64(BranchSampleTypeOffset) : 0,
            UserRegisters = size >= InterruptRegistersOffset ? bytes.Word64(UserRegistersOffset) : 0,
            ClockId = size >= InterruptRegistersOffset ? (int)bytes.Word32(ClockOffset) : 0,
            InterruptRegisters = size >= InterruptRegistersOffset + sizeof(ulong) ? bytes.Word64(InterruptRegistersOffset) : 0,
        };
    }

    /// <summary>The size that the attribute at the begin of these bytes has.</summary>
    public static int SizeOf(PerfDataBytes bytes)
    {
        uint size = bytes.Word32(4);
        return size == 0 ? SmallestSize
            : size >= SmallestSize && size <= (uint)bytes.Length ? (int)size
            : throw new PerfDataException(bytes.Offset + 4, $"An attribute of {size} bytes can not be: it has at least {SmallestSize}, and {bytes.Length} are there.");
    }

    public PerfDataEvent Describe(string? name, long samples) => new()
    {
        Name = name ?? OwnName(),
        Type = Type,
        Config = Config,
        Period = IsFrequency ? null : Rate,
        Frequency = IsFrequency ? Rate : null,
        SampleFields = SampleType.ToString(),
        Samples = samples,
    };

    // The name that perf, too, makes of an attribute when the recorder told none.
    private string OwnName()
    {
        string? name = (PerfType)Type switch
        {
            // perf takes the short names.
            PerfType.Hardware => EventNames.Hardware.FirstOrDefault(e => e.Config == Config) is { } entry ? entry.Aliases.FirstOrDefault(static a => a is "cycles" or "branches") ?? entry.Name : null,
            PerfType.Software => EventNames.Software.FirstOrDefault(e => e.Config == Config)?.Name,
            PerfType.HardwareCache => CacheEventNames.List().FirstOrDefault(e => e.Config == Config).Name,
            _ => null,
        };
        string modifier = (Flags & (PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeUser)) switch
        {
            PerfEventFlags.ExcludeKernel => ":u",
            PerfEventFlags.ExcludeUser => ":k",
            _ => "",
        };
        return name is not null ? name + modifier : $"{(Enum.IsDefined((PerfType)Type) ? ((PerfType)Type).ToString().ToLowerInvariant() : $"pmu-{Type}")}/0x{Config:x}/";
    }

    private static ulong Reverse(ulong value)
    {
        ulong reversed = 0;
        for (; value != 0; value &= value - 1)
            reversed |= 1UL << (63 - BitOperations.TrailingZeroCount(value));
        return reversed;
    }
}
