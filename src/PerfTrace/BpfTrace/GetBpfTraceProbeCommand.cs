using System.Management.Automation;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-BpfTraceProbe: the probes that scripts of the bpftrace language can be attached to, and what these hand over.</summary>
[Cmdlet(VerbsCommon.Get, "BpfTraceProbe")]
[OutputType(typeof(BpfTraceProbe), typeof(BpfTraceProbeArgument))]
public sealed class GetBpfTraceProbeCommand : PerfTraceCommand
{
    private BpfTraceProbes? _probes;

    /// <summary>Probes, with wildcards: as a script writes them.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfTraceProbeCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The program and the USDT probes of this process.</summary>
    [Parameter]
    [Alias("PID", "Id")]
    [ValidateRange(1, int.MaxValue)]
    [ProcessIdTransformation]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int ProcessId { get; set; } = -1;

    /// <summary>What the probes hand over, instead of the probes.</summary>
    [Parameter]
    public SwitchParameter Argument { get; set; }

    protected override void ProcessRecord()
    {
        _probes ??= new BpfTraceProbes(ProcessId, WriteWarning, VerboseWriter, SessionState.Path.CurrentFileSystemLocation.Path);
        foreach (string name in Name)
        {
            try
            {
                foreach (BpfTraceProbe probe in _probes.List(name))
                {
                    if (StopToken.IsCancellationRequested)
                        return;
                    if (Argument)
                        WriteObject(probe.Arguments, enumerateCollection: true);
                    else
                        WriteObject(probe);
                }
            }
            catch (Exception e) when (e is ProbeNotFoundException or KernelException or ElfException or FileNotFoundException or CommandException or BtfException)
            {
                WriteProblem(e, name);
            }
        }
    }
}
