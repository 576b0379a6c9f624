using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bpf;

/// <summary>What hooks share that are perf events: the event is opened, a link is made of both, and the link keeps the event (Linux 5.15).</summary>
public abstract record PerfHook : BpfHook
{
    private protected PerfHook()
    {
    }

    /// <summary>Opens an event and attaches the program to it.</summary>
    /// <param name="attributes">The event.</param>
    /// <param name="process">The process; -1 for all.</param>
    /// <param name="cpu">The CPU; -1 for any, which a process goes with.</param>
    /// <param name="program">The program.</param>
    /// <param name="cookie">What the program can read.</param>
    /// <param name="isEnabled">False: the event only names what the program is called for, and stays off.</param>
    /// <exception cref="KernelException">Any error.</exception>
    private protected unsafe FileDescriptor AttachTo(PerfEventAttr attributes, int process, int cpu, FileDescriptor program, ulong cookie, bool isEnabled = true)
    {
        attributes.Size = PerfEventAttr.StructureSize;
        Errno errno = SystemCalls.PerfEventOpen(&attributes, process, cpu, -1, (ulong)PerfOpenFlags.CloseOnExec, out FileDescriptor? perfEvent);
        if (errno != Errno.None)
            throw OpenError(errno);
        using (perfEvent)
        {
            FileDescriptor link = Create(new BpfLinkAttributes
            {
                Program = program.Number,
                Target = perfEvent!.Number,
                AttachType = BpfAttachType.PerfEvent,
                PerfEventCookie = cookie,
            }, BpfLinkAttributes.ShortSize);
            try
            {
                if (isEnabled)
                    perfEvent.Control(PerfIoctl.Enable);
                // The link's end takes the program off; the event's end, which the link would wait for, need not be waited for.
                link.Keep(perfEvent);
                return link;
            }
            catch
            {
                link.Dispose();
                throw;
            }
        }
    }

    /// <summary>The exception for an error of perf_event_open(2).</summary>
    private protected virtual Exception OpenError(Errno errno) =>
        PerfAdvice.ToException(errno, ToString(), SystemPaths.Default, isSystemWide: true, countsKernel: true, PerfEventKind.Tracepoint);

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EEXIST => "The program is at this event already.",
        Errno.E2BIG => "64 programs are at this event already, which is the most that it takes.",
        Errno.EINVAL => "The kernel is older than 5.15, or programs of this kind may not be there (one that overrides a function's result, or one for several functions at once).",
        _ => null,
    };

    /// <summary>The events of a kind of probes, with the bits of its formats.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no such probes.</exception>
    private protected static Pmu ProbeEvents(string name, string option) => EventCatalogue.Default.Pmus.FirstOrDefault(p => p.Name == name)
        ?? throw new KernelFeatureException(Errno.ENOENT, "open", $"{SystemPaths.Default.EventSources}/{name}", $"This kernel was built without {name}s ({option}).");
}
