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

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie) =>
        // The CPU is of no account: the program is called for the tracepoint, not for the event.
        [AttachTo(new PerfEventAttr { Type = (uint)PerfType.Tracepoint, Config = (ulong)Id, SamplePeriod = 1, WakeupEvents = 1 }, -1, 0, program, cookie)];

    public override string ToString() => $"tracepoint {Event}";

    private protected override string? Advise(Errno errno) => errno == Errno.EACCES
        ? "The program reads behind the tracepoint's record: it was made for another one (Get-Tracepoint shows the fields)."
        : base.Advise(errno);
}
