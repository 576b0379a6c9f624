using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Remove-BpfPin: takes names in bpffs away; what nothing else holds ends.</summary>
[Cmdlet(VerbsCommon.Remove, "BpfPin", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveBpfPinCommand : BpfObjectCommand
{
    /// <summary>Paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfPinCompleter))]
    public string[] Path { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string path in Path.SelectMany(Matching))
        {
            if (!ShouldProcess(path, "Remove-BpfPin"))
                continue;
            try
            {
                BpfPin.Remove(path);
                WriteVerbose($"Removed the pin {path}.");
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, path);
            }
        }
    }

    private IEnumerable<string> Matching(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return [TypedPath.Full(this, path)];
        try
        {
            return [.. BpfPin.Find(new WildcardPattern(path).IsMatch, SystemPaths.Default).Select(static p => p.Path)];
        }
        catch (KernelException e)
        {
            WriteProblem(e, path);
            return [];
        }
    }
}
