using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>New-BpfPin: gives programs, maps and links a name in bpffs, which keeps them alive.</summary>
[Cmdlet(VerbsCommon.New, "BpfPin", SupportsShouldProcess = true)]
[OutputType(typeof(BpfPin))]
public sealed class NewBpfPinCommand : BpfObjectCommand
{
    /// <summary>A program, map or link.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public BpfKernelObject InputObject { get; set; } = null!;

    /// <summary>A path in bpffs; one that ends with a slash is a folder, in which the object's own name is taken.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    protected override void ProcessRecord()
    {
        string path = TypedPath.Full(this, Path);
        if (Path.EndsWith('/'))
            path = System.IO.Path.Combine(path, NameOf(InputObject));
        if (!ShouldProcess(path, $"Pin {InputObject}"))
            return;
        try
        {
            InputObject.Pin(path);
            WriteVerbose($"Pinned {InputObject} at {path}.");
            if (BpfPin.Read(path) is { } pin)
                WriteObject(pin);
        }
        catch (Exception e) when (IsProblem(e) || e is System.IO.IOException or UnauthorizedAccessException)
        {
            WriteProblem(e, path);
        }
    }

    private static string NameOf(BpfKernelObject target) => target switch
    {
        BpfProgram { Name.Length: > 0 } program => program.Name,
        BpfMap { Name.Length: > 0 } map => map.Name,
        _ => $"{target.GetType().Name[3..].ToLowerInvariant()}_{target.Id}",
    };
}
