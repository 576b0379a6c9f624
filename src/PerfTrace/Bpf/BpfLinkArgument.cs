using System.Globalization;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>
/// A BPF link as a parameter takes it: its object, its id, its target, or a path in bpffs. PowerShell makes one from each of these; what it means is looked up when the command runs.
/// </summary>
public sealed class BpfLinkArgument
{
    private readonly BpfLink? _link;
    private readonly string _text;

    public BpfLinkArgument(BpfLink link)
    {
        _link = link;
        _text = link.Id.ToString(CultureInfo.InvariantCulture);
    }

    public BpfLinkArgument(long id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfLinkArgument(string text) => _text = text;

    public BpfLinkArgument(BpfPin pin) => _text = pin.Path;

    public override string ToString() => _text;

    /// <summary>What is meant; a text with wildcards may mean several, or none.</summary>
    internal IReadOnlyList<BpfLink> Resolve() => _link is not null ? [_link] : BpfFinder.Links(_text);
}
