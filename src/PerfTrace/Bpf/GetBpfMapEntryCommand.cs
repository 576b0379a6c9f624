using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Get-BpfMapEntry: the entries of maps as objects.</summary>
[Cmdlet(VerbsCommon.Get, "BpfMapEntry")]
[OutputType(typeof(BpfMapEntry), typeof(BpfPerCpuMapEntry))]
public sealed class GetBpfMapEntryCommand : BpfMapEntryCommand
{
    private readonly SymbolStore _symbols = new(SystemPaths.Default);

    /// <summary>Keys; without, all entries.</summary>
    [Parameter(Position = 1)]
    [MapKeyTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfMapKeyCompleter))]
    public object[]? Key { get; set; }

    /// <summary>The process whose call stacks a map has.</summary>
    [Parameter]
    [ProcessIdTransformation]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int? ProcessId { get; set; }

    protected override void ProcessRecord() => ForEach(contents =>
    {
        if (Key is null)
            WriteAll(contents);
        else
            WriteFound(contents);
    });

    // Names are looked up when they are asked for: by what the entries went to, which has had them all by now.
    protected override void EndProcessing() => GetPerfSampleCommand.WarnOf(this, _symbols);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _symbols.Dispose();
        base.Dispose(disposing);
    }

    private protected override BpfMapContents Open(BpfMap map) => BpfMapContents.Open(map, _symbols, ProcessId);

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
