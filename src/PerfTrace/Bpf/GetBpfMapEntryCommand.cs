using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Get-BpfMapEntry: the entries of maps as objects.</summary>
[Cmdlet(VerbsCommon.Get, "BpfMapEntry")]
[OutputType(typeof(BpfMapEntry), typeof(BpfPerCpuMapEntry))]
public sealed class GetBpfMapEntryCommand : BpfMapEntryCommand
{
    /// <summary>Keys; without, all entries.</summary>
    [Parameter(Position = 1)]
    [MapKeyTransformation]
    [ValidateNotNullOrEmpty]
    public object[]? Key { get; set; }

    protected override void ProcessRecord() => ForEach(contents =>
    {
        if (Key is null)
            WriteAll(contents);
        else
            WriteFound(contents);
    });

    private void WriteAll(BpfMapContents contents)
    {
        foreach (BpfMapEntry entry in contents.Read(StopToken))
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(entry);
        }
        if (contents.Notice is { } notice)
            WriteWarning($"Map {contents.Map.Id} ({contents.Map.Name}): {notice}");
    }

    private void WriteFound(BpfMapContents contents)
    {
        foreach (object? key in EachKey(contents, Key!))
        {
            try
            {
                if (contents.Find(key) is { } entry)
                    WriteObject(entry);
                else
                    WriteProblem(new BpfMapKeyNotFoundException(contents.Map, key), key);
            }
            catch (BpfMapValueException e)
            {
                WriteProblem(e, key);
            }
        }
    }
}
