using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Clear-BpfMap: removes all entries of maps, and sets the elements of arrays to zero.</summary>
[Cmdlet(VerbsCommon.Clear, "BpfMap", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ClearBpfMapCommand : BpfMapEntryCommand
{
    protected override void ProcessRecord() => ForEach(contents =>
    {
        if (ShouldProcess($"map {contents.Map.Id} ({contents.Map.Name})", "Clear-BpfMap"))
            WriteVerbose($"Cleared {contents.Clear(StopToken)} entries of map {contents.Map.Id}.");
    });
}
