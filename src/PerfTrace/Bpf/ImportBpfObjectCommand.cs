using System.Collections;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Import-BpfObject: loads BPF object files.</summary>
[Cmdlet(VerbsData.Import, "BpfObject", SupportsShouldProcess = true)]
[OutputType(typeof(BpfObject), typeof(BpfObjectContent))]
public sealed class ImportBpfObjectCommand : PerfTraceCommand
{
    /// <summary>Object files; wildcards in their names.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Values of global variables, by their names.</summary>
    [Parameter]
    [NamedValuesTransformation]
    [ValidateNotNull]
    public IDictionary GlobalVariable { get; set; } = new Hashtable();

    /// <summary>How many entries maps have room for, by their names.</summary>
    [Parameter]
    [NamedValuesTransformation]
    [ValidateNotNull]
    public IDictionary MapSize { get; set; } = new Hashtable();

    /// <summary>Load only these programs.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Program { get; set; } = [];

    /// <summary>A folder in bpffs to pin the programs and maps in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Pin { get; set; }

    /// <summary>Only tell what is in the file.</summary>
    [Parameter]
    public SwitchParameter NoLoad { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            foreach (string file in PerfDataCommand.Matching(GetUnresolvedProviderPathFromPSPath(path)))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                TryImport(file);
            }
        }
    }

    private void TryImport(string path)
    {
        try
        {
            Import(path);
        }
        catch (Exception e) when (e is BpfObjectException or BpfObjectNameException or BtfException or BtfValueException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            WriteProblem(e, path);
        }
        catch (ArgumentTransformationMetadataException e)
        {
            WriteError(new ErrorRecord(e, "InvalidMapSize", ErrorCategory.InvalidArgument, path));
        }
    }

    private void Import(string path)
    {
        string? pin = Pin is null ? null : TypedPath.Full(this, Pin);
        using BpfObjectFile file = BpfObjectFile.Open(path, pin, Tell);
        foreach (DictionaryEntry entry in GlobalVariable)
            file.SetVariable((string)entry.Key, entry.Value);
        foreach (DictionaryEntry entry in MapSize)
            file.SetMapSize((string)entry.Key, SizeOf((string)entry.Key, entry.Value));
        if (Program.Length > 0)
            file.SelectPrograms(Selected(file));
        if (NoLoad)
        {
            WriteObject(file.Describe());
            return;
        }
        if (!ShouldProcess(path, pin is null ? "Load a BPF object" : $"Load a BPF object and pin it in {pin}"))
            return;
        BpfObject loaded = file.Load(pin);
        IDisposable ownership = ModuleResources.Own(loaded.Dispose);
        loaded.Disposed += (_, _) => ownership.Dispose();
        WriteObject(loaded);
    }

    private List<string> Selected(BpfObjectFile file)
    {
        var selected = new List<string>();
        foreach (string name in Program)
        {
            WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.None);
            if (WildcardPattern.ContainsWildcardCharacters(name))
                selected.AddRange(file.Programs.Select(static p => p.Name).Where(pattern.IsMatch));
            else
                selected.Add(name);
        }
        return selected;
    }

    // A ring buffer's may be told as 1MB.
    private static uint SizeOf(string map, object? value) => new SizeTransformationAttribute().Transform(null!, value!) is long size and <= uint.MaxValue
        ? (uint)size
        : throw new ArgumentTransformationMetadataException($"{map}: a map has at most {uint.MaxValue} entries.");

    private void Tell(BpfLogMessage message)
    {
        if (message.Level == BpfLogLevel.Warning)
            WriteWarning(message.Text);
        else
            WriteVerbose(message.Text);
    }
}
