using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>An event as it is being counted: the attributes that the kernel took in the end, and what became of it.</summary>
internal sealed class CountedEvent
{
    public CountedEvent(PerfEvent source, string? group)
    {
        Source = source;
        Name = source.Name;
        Group = group;
    }

    public PerfEvent Source { get; }

    public string Name { get; private set; }

    public string? Group { get; }

    public CounterIdentity Identity { get; private set; }

    public PerfEventAttr Attributes;

    /// <summary>Opened at one slot at least.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Why the kernel does not count it; None as long as it may.</summary>
    public Errno Refusal { get; set; }

    /// <summary>A problem was told about this event: it stays out of the results.</summary>
    public bool IsFaulty { get; set; }

    public bool IsTool => Source.Kind == PerfEventKind.Tool;

    /// <summary>It may still be opened.</summary>
    public bool IsWanted => !IsTool && !IsFaulty && Refusal == Errno.None;

    /// <exception cref="PerfTrace.Interop.KernelException">A tracepoint's id can not be read.</exception>
    public void ReadAttributes()
    {
        if (!Source.HasAttributes)
            return;
        Attributes = Source.Attributes;
        Attributes.Size = PerfEventAttr.StructureSize;
        // Counting, not sampling: what a tracepoint or a period term has set is cleared, as perf stat does.
        Attributes.SamplePeriod = 0;
        Attributes.Set(PerfEventFlags.Frequency, false);
        Attributes.SampleType = PerfSampleFormat.Identifier;
        Identity = CounterIdentity.Of(Attributes);
    }

    /// <summary>Counts user space alone from here on, and is named so, as perf does where kernel.perf_event_paranoid forbids more.</summary>
    public void RestrictToUser()
    {
        Attributes.Set(PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor, true);
        Identity = CounterIdentity.Of(Attributes);
        Name += Name.Contains(':') || Name.EndsWith('/') ? "u" : ":u";
    }
}
