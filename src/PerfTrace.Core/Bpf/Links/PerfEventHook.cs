using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bpf;

/// <summary>A hardware or software event: the program runs at each of its samples. One link for each CPU, or for each thread of a process.</summary>
/// <param name="Event">The event.</param>
/// <param name="Cpus">On which CPUs; none for a process.</param>
/// <param name="Rate">How often.</param>
public sealed record PerfEventHook(PerfEvent? Event, IReadOnlyList<int> Cpus, PerfEventHook.SampleRate Rate) : PerfHook
{
    /// <summary>The process; -1: all on <see cref="Cpus"/>.</summary>
    public int ProcessId { get; init; } = -1;

    public override string Kind => "a perf event";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.PerfEvent];

    /// <summary>Finds an event.</summary>
    /// <param name="name">As perf takes it: cycles, cpu-clock, page-faults.</param>
    /// <param name="rate">How often.</param>
    /// <param name="cpus">On which CPUs; null: all that are online.</param>
    /// <param name="processId">The process; -1: all.</param>
    /// <exception cref="EventSyntaxException">The name is malformed.</exception>
    /// <exception cref="UnknownEventException">There is none of this name.</exception>
    public static PerfEventHook Find(string name, SampleRate rate, IReadOnlyList<int>? cpus = null, int processId = -1) =>
        new(PerfEvent.Parse(name), processId >= 0 ? [] : cpus ?? new CpuTopology(SystemPaths.Default).Online, rate) { ProcessId = processId };

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        PerfEventAttr attributes = Event!.Attributes;
        attributes.SamplePeriod = Rate.Value;
        attributes.Set(PerfEventFlags.Frequency, Rate.IsFrequency);
        attributes.Set(PerfEventFlags.Disabled, true);
        var links = new List<FileDescriptor>();
        try
        {
            if (ProcessId >= 0)
            {
                attributes.Set(PerfEventFlags.Inherit, true);
                AttachToThreads(attributes, program, cookie, links);
            }
            foreach (int cpu in Cpus)
                links.Add(AttachTo(attributes, -1, cpu, program, cookie));
            return links;
        }
        catch
        {
            links.ForEach(static l => l.Dispose());
            throw;
        }
    }

    public override string ToString() => $"perf event {Event}";

    // An event is of one thread, and of those that it starts later. A thread that has ended meanwhile is none.
    private void AttachToThreads(PerfEventAttr attributes, FileDescriptor program, ulong cookie, List<FileDescriptor> links)
    {
        foreach (int thread in ProcessFacts.ThreadsOf(SystemPaths.Default, ProcessId))
        {
            try
            {
                links.Add(AttachTo(attributes, thread, -1, program, cookie));
            }
            catch (KernelTargetGoneException)
            {
            }
        }
        if (links.Count == 0)
            throw KernelException.Create(Errno.ESRCH, "perf_event_open", $"process {ProcessId}");
    }

    private protected override Exception OpenError(Errno errno) =>
        PerfAdvice.ToException(errno, Event!.Name, SystemPaths.Default, isSystemWide: ProcessId < 0, countsKernel: true, Event.Kind);

    /// <summary>How often an event is sampled.</summary>
    /// <param name="Value">Each so many events, or so often in a second.</param>
    /// <param name="IsFrequency">The value is a frequency.</param>
    public readonly record struct SampleRate(ulong Value, bool IsFrequency);
}
