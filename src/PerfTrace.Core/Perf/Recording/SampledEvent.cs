using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>An event as it is being sampled: the attributes that the kernel took in the end, and the numbers of its counters.</summary>
internal sealed class SampledEvent(PerfEvent? source, string name)
{
    private readonly List<ulong> _ids = [];
    private readonly List<FileDescriptor> _descriptors = [];

    /// <summary>Null for the event that only reports names and mappings.</summary>
    public PerfEvent? Source { get; } = source;

    public string Name { get; private set; } = name;

    /// <summary>The leader of the group that it is in; null outside of one, and for the leader itself.</summary>
    public SampledEvent? Leader { get; init; }

    /// <summary>The name of the group that it leads; null without.</summary>
    public string? GroupName { get; init; }

    public PerfEventAttr Attributes;

    /// <summary>By which its records name it, one for each place that it was opened at.</summary>
    public IReadOnlyList<ulong> Ids => _ids;

    public IReadOnlyList<FileDescriptor> Descriptors => _descriptors;

    /// <summary>What a reader of records needs to know of it.</summary>
    public PerfDataAttribute Description =>
        new(Attributes.Type, Attributes.Config, Attributes.SamplePeriod, Attributes.SampleType, Attributes.ReadFormat, Attributes.Flags, _ids)
        {
            BranchSampleType = Attributes.BranchSampleType,
            UserRegisters = Attributes.SampleRegsUser,
            InterruptRegisters = Attributes.SampleRegsIntr,
            ClockId = Attributes.ClockId,
        };

    public void Add(FileDescriptor descriptor, ulong id)
    {
        _descriptors.Add(descriptor);
        _ids.Add(id);
    }

    /// <summary>Samples user space alone from here on, and is named so, as perf does where kernel.perf_event_paranoid forbids more.</summary>
    public void RestrictToUser()
    {
        Attributes.Set(PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor, true);
        Name += Name.Contains(':') || Name.EndsWith('/') ? "u" : ":u";
    }
}
