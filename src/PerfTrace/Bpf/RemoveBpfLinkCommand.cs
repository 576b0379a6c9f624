using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Remove-BpfLink: takes programs off what they are attached to.</summary>
[Cmdlet(VerbsCommon.Remove, "BpfLink", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveBpfLinkCommand : BpfObjectCommand
{
    /// <summary>The links: objects, ids, targets with wildcards, paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    public BpfLinkArgument[] Link { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (BpfLink link in Resolve(Link))
        {
            try
            {
                Remove(link);
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, link);
            }
        }
    }

    private void Remove(BpfLink link)
    {
        string[] pins = [.. link.PinnedPath];
        string what = $"{BpfNames.Of(link.Type)} {link}";
        if (!ShouldProcess(pins.Length == 0 ? what : $"{what}, pinned at {string.Join(", ", pins)}", "Remove-BpfLink"))
            return;
        BpfLink? own = BpfSessionLinks.Find(link.Id);
        foreach (string pin in pins)
        {
            BpfPin.Remove(pin);
            WriteVerbose($"Removed the pin {pin}.");
        }
        if (own is not null || link.IsOwned)
        {
            own?.Dispose();
            link.Dispose();
            WriteVerbose($"Closed link {link.Id}.");
        }
        // Somebody else may hold it, too.
        if (BpfLink.Read(link.Id) is not { } left)
            return;
        if (left.Process.Count > 0 || (pins.Length == 0 && own is null && !link.IsOwned))
        {
            BpfLinker.Detach(left);
            WriteVerbose($"Detached link {link.Id}, which others hold.");
        }
    }
}
