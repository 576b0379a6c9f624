using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>New-BpfMap: makes a map that this session keeps alive.</summary>
[Cmdlet(VerbsCommon.New, "BpfMap", SupportsShouldProcess = true)]
[OutputType(typeof(BpfMap))]
public sealed class NewBpfMapCommand : BpfObjectCommand
{
    /// <summary>What it is to be, in the kernel's words (percpu_hash) or .NET's; a text, since PowerShell would complete the names of an enumeration alone.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [BpfTypeTransformation(typeof(BpfMapType))]
    [ArgumentCompleter(typeof(BpfTypeCompleter))]
    public string Type { get; set; } = "";

    /// <summary>Its name: letters, digits, _ and ., 15 at most.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>Bytes of a key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    public int? KeySize { get; set; }

    /// <summary>Bytes of a value.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    public int? ValueSize { get; set; }

    /// <summary>How many entries fit; a ring buffer's bytes; an arena's pages.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Size")]
    [SizeTransformation]
    [ValidateRange(0L, uint.MaxValue)]
    public long? MaximumEntries { get; set; }

    /// <summary>More flags than the type needs.</summary>
    [Parameter]
    public BpfMapFlags Flags { get; set; }

    /// <summary>What the inner maps of a map of maps are like.</summary>
    [Parameter]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfMapCompleter))]
    public BpfMapArgument? InnerMap { get; set; }

    /// <summary>The memory node that it is to be on.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? NumaNode { get; set; }

    /// <summary>A Bloom filter's number of hash functions, or an arena's address.</summary>
    [Parameter]
    public ulong Extra { get; set; }

    /// <summary>A path in bpffs to pin it at, so that it stays when the session ends.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Pin { get; set; }

    protected override void ProcessRecord()
    {
        // The transformation took what is a type alone.
        _ = BpfNames.TryParse(Type, out BpfMapType type);
        if (!ShouldProcess(Name.Length > 0 ? Name : BpfNames.Of(type), "New-BpfMap"))
            return;
        BpfMap? inner = null;
        if (InnerMap is not null)
        {
            inner = Resolve([InnerMap]).FirstOrDefault();
            if (inner is null)
                return;
        }
        BpfMap? map = null;
        try
        {
            map = BpfMapCreation.Create(new BpfMapRequest
            {
                Type = type,
                Name = Name,
                KeySize = KeySize,
                ValueSize = ValueSize,
                MaximumEntries = (uint?)MaximumEntries,
                Flags = Flags,
                InnerMap = inner,
                NumaNode = NumaNode,
                Extra = Extra,
            });
            if (Pin is not null)
                map.Pin(TypedPath.Full(this, Pin));
            WriteVerbose($"Made map {map.Id.ToString(CultureInfo.InvariantCulture)}: {BpfNames.Of(map.Type)}, key {map.KeySize} bytes, value {map.ValueSize} bytes, {map.MaximumEntries} entries.");
            WriteObject(Keep(map));
            map = null;
        }
        catch (Exception e) when (IsProblem(e) || e is System.IO.IOException or UnauthorizedAccessException)
        {
            WriteProblem(e, Name.Length > 0 ? Name : Type);
        }
        finally
        {
            map?.Dispose();
        }
    }
}
