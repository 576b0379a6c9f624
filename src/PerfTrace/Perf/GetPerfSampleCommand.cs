using System.Globalization;
using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Get-PerfSample: the samples of perf.data files.</summary>
[Cmdlet(VerbsCommon.Get, "PerfSample", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfSample))]
public sealed class GetPerfSampleCommand : PerfDataCommand
{
    private readonly SymbolStore _symbols = new(SystemPaths.Default);
    private SampleFilter? _filter;

    /// <summary>Events, by their names in the recording.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Event { get; set; }

    /// <summary>Threads by their names then.</summary>
    [Parameter]
    [Alias("Command", "Comm")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? CommandName { get; set; }

    /// <summary>Processes.</summary>
    [Parameter]
    [Alias("PID")]
    [ValidateNotNullOrEmpty]
    public int[]? ProcessId { get; set; }

    /// <summary>Threads.</summary>
    [Parameter]
    [Alias("TID")]
    [ValidateNotNullOrEmpty]
    public int[]? ThreadId { get; set; }

    /// <summary>CPUs that the samples were taken on.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    protected override void BeginProcessing() => _filter = new SampleFilter
    {
        Events = Event ?? [],
        Commands = CommandName ?? [],
        ProcessIds = ProcessId ?? [],
        ThreadIds = ThreadId ?? [],
        Cpus = Cpu ?? [],
    };

    protected override void Read(string file)
    {
        using PerfSampleReader reader = PerfSampleReader.Open(PerfDataStream.Open(file, StopToken), _symbols);
        using var progress = new WorkProgress(this, $"Reading {file}", null, StopToken);
        while (!StopToken.IsCancellationRequested && reader.TryRead(out PerfSample? sample))
        {
            progress.Show(reader.Position, reader.Length, "bytes");
            if (_filter!.Passes(sample))
                WriteObject(sample);
        }
        if (StopToken.IsCancellationRequested)
            return;
        WarnOf(this, reader, file);
        if (reader.Problem is { } problem)
            WriteProblem(problem.In(file), file);
    }

    // Names are looked up when they are asked for: by what the samples went to, which has had them all by now.
    protected override void EndProcessing() => WarnOf(this, _symbols);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _symbols.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Tells of libraries that names would have needed.</summary>
    internal static void WarnOf(Cmdlet cmdlet, SymbolStore symbols)
    {
        foreach (string missing in symbols.Missing)
            cmdlet.WriteWarning(missing);
    }

    /// <summary>Tells of what the recording lacks.</summary>
    internal static void WarnOf(Cmdlet cmdlet, PerfSampleReader reader, string file)
    {
        if (reader.Missing is { } missing)
            cmdlet.WriteWarning($"{file}: {missing}");
        if (reader.Lost > 0)
            cmdlet.WriteWarning(string.Create(CultureInfo.CurrentCulture, $"{file}: {reader.Lost:n0} records were lost while it was recorded, as the kernel's buffers were full: record with larger ones (-BufferSize), at a lower rate, or less."));
        if (reader.OutOfOrder > 0)
            cmdlet.WriteWarning(string.Create(CultureInfo.CurrentCulture, $"{file}: {reader.OutOfOrder:n0} samples came behind later ones: the recording has no marks to put them in order by. Sort-Object TimestampNanoseconds does."));
    }
}
