using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Lock-BpfMap: freezes maps, so that user space can not change them any more.</summary>
[Cmdlet(VerbsCommon.Lock, "BpfMap", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(BpfMap))]
public sealed class LockBpfMapCommand : BpfMapEntryCommand
{
    /// <summary>Gives the map as it is then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => ForEach(contents =>
    {
        if (!ShouldProcess($"map {contents.Map.Id} ({contents.Map.Name})", "Lock-BpfMap"))
            return;
        contents.Freeze();
        if (PassThru && BpfMap.Read(contents.Map.Id) is { } map)
            WriteObject(map);
    });
}
