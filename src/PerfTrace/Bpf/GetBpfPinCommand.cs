using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Get-BpfPin: what is pinned in bpffs.</summary>
[Cmdlet(VerbsCommon.Get, "BpfPin")]
[OutputType(typeof(BpfPin))]
public sealed class GetBpfPinCommand : BpfObjectCommand
{
    private static readonly string[] All = ["*"];

    /// <summary>Paths in bpffs; a folder stands for all pins below it, and a * goes through folders, too.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfPinCompleter))]
    public string[] Path { get; set; } = All;

    /// <summary>Only pins of these.</summary>
    [Parameter]
    public BpfObjectKind[]? Kind { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            if (StopToken.IsCancellationRequested)
                return;
            Find(path);
        }
    }

    private void Find(string name)
    {
        bool isPattern = WildcardPattern.ContainsWildcardCharacters(name);
        string path = isPattern ? name : TypedPath.Full(this, name);
        try
        {
            if (isPattern)
            {
                foreach (BpfPin pin in BpfPin.Find(new WildcardPattern(name).IsMatch, SystemPaths.Default))
                    Write(pin);
            }
            else if (System.IO.Directory.Exists(path))
            {
                foreach (BpfPin below in BpfPin.ReadBelow(path, SystemPaths.Default))
                    Write(below);
            }
            else if (BpfPin.Read(path) is { } found)
            {
                Write(found);
            }
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, path);
        }
    }

    private void Write(BpfPin pin)
    {
        if (Kind is null || Kind.Contains(pin.Kind))
            WriteObject(pin);
    }
}
