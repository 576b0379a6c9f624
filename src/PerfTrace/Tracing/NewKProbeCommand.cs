using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-KProbe: an event at a function of the kernel.</summary>
[Cmdlet(VerbsCommon.New, "KProbe", SupportsShouldProcess = true)]
[OutputType(typeof(KProbe))]
public sealed class NewKProbeCommand : NewProbeCommand
{
    /// <summary>Places as [module:]function[+offset], or addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Function")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelFunctionCompleter))]
    public string[] Symbol { get; set; } = [];

    /// <summary>How many calls a return probe follows at a time.</summary>
    [Parameter]
    [ValidateRange(1, 4096)] // KRETPROBE_MAXACTIVE_MAX
    [Alias("MaximumActive")]
    public int MaxActive { get; set; }

    protected override void BeginProcessing()
    {
        if (MaxActive > 0 && !Return)
            ThrowUsage("MaxActiveWithoutReturn", "-MaxActive is for probes at the return of a function: add -Return.", MaxActive);
    }

    protected override void ProcessRecord()
    {
        foreach (string symbol in Symbol)
        {
            if (StopToken.IsCancellationRequested)
                return;
            Try(symbol, directory => Create(directory, symbol));
        }
    }

    private void Create(TracingDirectory directory, string symbol)
    {
        KProbeLocation location = KProbeLocation.Parse(symbol);
        string group = ChosenGroup;
        var definition = new KProbeDefinition(group, Name ?? KProbes.NameFor(directory, group, location, Return), location, Return,
            MaxActive > 0 ? MaxActive : null, ParseArguments());
        definition.ToCommand(); // what is wrong with it is told before anybody is asked
        if (!ShouldProcess($"{definition.Event} at {location}", Return ? "Make a probe at the return" : "Make a probe"))
            return;
        try
        {
            WriteObject(KProbes.Create(directory, definition, !Persistent, VerboseWriter));
        }
        catch (TraceCommandException e)
        {
            HintAtQuotes(e);
            throw;
        }
        if (KProbes.IsWaiting(directory, location))
            WriteWarning($"The module {location.Module} is not loaded: the probe waits for it.");
    }
}
