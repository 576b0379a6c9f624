using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Update-BpfLink: another program in the place of the one that is attached.</summary>
[Cmdlet(VerbsData.Update, "BpfLink", SupportsShouldProcess = true)]
[OutputType(typeof(BpfLink))]
public sealed class UpdateBpfLinkCommand : BpfObjectCommand
{
    /// <summary>The links: objects, ids, targets with wildcards, paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    public BpfLinkArgument[] Link { get; set; } = [];

    /// <summary>The program that comes: an object, an id, a name or tag, a path in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument Program { get; set; } = null!;

    /// <summary>The program that must be there now; another one is an error and stays.</summary>
    [Parameter]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument? OldProgram { get; set; }

    /// <summary>Writes the links as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        if (Resolve([Program]).FirstOrDefault() is not { } program)
            return;
        BpfProgram? old = null;
        if (OldProgram is not null && (old = Resolve([OldProgram]).FirstOrDefault()) is null)
            return;
        foreach (BpfLink link in Resolve(Link))
        {
            if (!ShouldProcess($"{BpfNames.Of(link.Type)} {link}", $"Exchange the program {link.ProgramId} for {program.Id} ({program.Name})"))
                continue;
            try
            {
                BpfLinker.Update(link, program, old);
                WriteVerbose($"Link {link.Id} has program {program.Id}.");
                if (PassThru && BpfLink.Read(link.Id) is { } now)
                    WriteObject(now);
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, link);
            }
        }
    }
}
