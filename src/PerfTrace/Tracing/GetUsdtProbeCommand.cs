using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-UsdtProbe: the probes that authors put into programs and libraries.</summary>
[Cmdlet(VerbsCommon.Get, "UsdtProbe", DefaultParameterSetName = PathSet)]
[OutputType(typeof(UsdtProbe))]
public sealed class GetUsdtProbeCommand : ProbeCommand
{
    private const string PathSet = "Path", ProcessSet = "Process";

    // Not by property name: processes have a property Path too, and their libraries would be left out.
    /// <summary>Programs and libraries.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Processes: the program and the libraries that each has loaded.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ProcessSet)]
    [Alias("Id")]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Probes as provider:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        TracepointFilter[] filters = [.. Name.Select(TracepointFilter.Create)];
        if (ParameterSetName == ProcessSet)
        {
            foreach (int id in ProcessId)
                Write(id, filters, () => UsdtSources.OfProcess(SystemPaths.Default, id, VerboseWriter));
            return;
        }
        foreach (string path in Path)
            Write(path, filters, () => UsdtSources.OfFile(ProbeFile.Find(this, path)));
    }

    private void Write(object target, TracepointFilter[] filters, Func<IEnumerable<UsdtProbe>> read)
    {
        Attempt(target, () =>
        {
            foreach (UsdtProbe probe in read())
            {
                if (StopToken.IsCancellationRequested)
                    return;
                if (Array.Exists(filters, f => f.Matches(probe.Provider, probe.Name)))
                    WriteObject(probe);
            }
        });
    }
}
