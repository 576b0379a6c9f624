using System.Collections;
using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Set-BpfMapEntry: writes entries of maps.</summary>
[Cmdlet(VerbsCommon.Set, "BpfMapEntry", SupportsShouldProcess = true, DefaultParameterSetName = OneSet)]
[OutputType(typeof(BpfMapEntry), typeof(BpfPerCpuMapEntry))]
public sealed class SetBpfMapEntryCommand : BpfMapEntryCommand
{
    private const string OneSet = "One", ManySet = "Many";

    /// <summary>The key: a number, a text, bytes, or a table that follows the map's struct. Queues, stacks and Bloom filters have none.</summary>
    [Parameter(ParameterSetName = OneSet, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BpfMapKeyCompleter))]
    public object? Key { get; set; }

    /// <summary>The value, likewise; for each CPU the same, or a list with one for each.</summary>
    [Parameter(ParameterSetName = OneSet, Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public object? Value { get; set; }

    /// <summary>Many entries at once: a table of keys and values.</summary>
    [Parameter(ParameterSetName = ManySet, Mandatory = true)]
    [ValidateNotNull]
    public IDictionary Entry { get; set; } = null!;

    /// <summary>Whether the entry may, must not or must be there already.</summary>
    [Parameter(ParameterSetName = OneSet)]
    public BpfUpdateCondition Condition { get; set; }

    /// <summary>Gives the entry as it is then.</summary>
    [Parameter(ParameterSetName = OneSet)]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => ForEach(contents =>
    {
        if (!ShouldProcess($"map {contents.Map.Id} ({contents.Map.Name})", ParameterSetName == ManySet ? $"Set {Entry.Count} entries" : Key is null ? "Push a value" : $"Set entry {Text(Key)}"))
            return;
        if (ParameterSetName == ManySet)
            SetMany(contents);
        else
            SetOne(contents);
    });

    private void SetOne(BpfMapContents contents)
    {
        contents.Set(Plain(Key), Plain(Value), Condition);
        if (PassThru && Key is not null && contents.Find(Plain(Key)) is { } entry)
            WriteObject(entry);
    }

    private void SetMany(BpfMapContents contents)
    {
        var failed = new List<(object Key, Exception Problem)>();
        long written = contents.SetMany(Pairs(), (key, problem) => failed.Add((key, problem)), StopToken);
        foreach ((object key, Exception problem) in failed)
            WriteProblem(problem, key);
        WriteVerbose($"Wrote {written} entries of map {contents.Map.Id}.");
    }

    private IEnumerable<KeyValuePair<object, object?>> Pairs()
    {
        foreach (DictionaryEntry entry in Entry)
            yield return new KeyValuePair<object, object?>(Plain(entry.Key)!, Plain(entry.Value));
    }
}
