using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>A tracepoint: the program gets its record, as the <c>format</c> file has it. All CPUs and processes.</summary>
/// <param name="Event">system:name.</param>
/// <param name="Id">Its number in tracefs.</param>
public sealed record TracepointHook(string Event, int Id) : PerfHook
{
    public override string Kind => "a tracepoint";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.Tracepoint];

    /// <summary>Finds it.</summary>
    /// <param name="name">system:name.</param>
    /// <exception cref="TracepointNotFoundException">There is none of this name.</exception>
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    public static TracepointHook Find(string name)
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        string[] parts = name.Split([':', '/'], 2);
        return parts.Length == 2 && TracepointCatalogue.Find(directory, parts[0], parts[1]) is { Id: { } id } found
            ? new TracepointHook(found.Event, id)
            : throw TracepointCatalogue.NotFound(directory, name);
    }

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        // The CPU is of no account: the program is called for the tracepoint, not for the event, which counts nothing: it is never enabled.
        var attributes = new PerfEventAttr { Type = (uint)PerfType.Tracepoint, Config = (ulong)Id };
        attributes.Set(PerfEventFlags.Disabled, true);
        return [AttachTo(attributes, -1, 0, program, cookie, isEnabled: false)];
    }

    public override string ToString() => $"tracepoint {Event}";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EACCES => "The program reads behind the tracepoint's record: it was made for another one (Get-Tracepoint shows the fields).",
        // perf_event_set_bpf_prog() of kernel/events/core.c: an event of a probe takes programs for probes alone, and one made of other events none.
        Errno.EINVAL when !IsOfKernel => "It is an event that was made of a probe or of other events (New-KProbe, New-UProbe, New-SyntheticEvent), and no tracepoint of the kernel: "
            + "name what it is made of instead, as kprobe:function or uprobe:path:function.",
        _ => base.Advise(errno),
    };

    private bool IsOfKernel
    {
        get
        {
            try
            {
                return !DynamicEvent.List(TracingDirectory.Open(SystemPaths.Default)).Any(e => $"{e.System}:{e.Name}" == Event);
            }
            catch (KernelException)
            {
                return true; // not told to this user: then nothing is known of it
            }
        }
    }
}
