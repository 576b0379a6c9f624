using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Remove-BpfMapEntry: removes entries of maps; pops queues and stacks.</summary>
[Cmdlet(VerbsCommon.Remove, "BpfMapEntry", SupportsShouldProcess = true)]
[OutputType(typeof(void), typeof(BpfMapEntry))]
public sealed class RemoveBpfMapEntryCommand : BpfMapEntryCommand
{
    /// <summary>The keys; none for a queue or stack, whose next element is taken.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [MapKeyTransformation]
    [ArgumentCompleter(typeof(BpfMapKeyCompleter))]
    public object[]? Key { get; set; }

    protected override void ProcessRecord() => ForEach(contents =>
    {
        foreach (object? key in Key is null or [] or [null] ? [null] : EachKey(contents, Key))
            Remove(contents, key);
    });

    private void Remove(BpfMapContents contents, object? key)
    {
        if (!ShouldProcess($"map {contents.Map.Id} ({contents.Map.Name})", key is null ? "Take the next element" : $"Remove entry {Text(key)}"))
            return;
        try
        {
            if (contents.Remove(key) is { } taken)
                WriteObject(taken);
        }
        catch (Exception e) when (e is BpfMapValueException or BpfMapKeyNotFoundException)
        {
            WriteProblem(e, key);
        }
    }
}
