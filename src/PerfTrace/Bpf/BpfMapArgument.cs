using System.Globalization;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>
/// A BPF map as a parameter takes it: its object, its id, its name, or a path in bpffs. PowerShell makes one from each of these; what it means is looked up when the command runs.
/// </summary>
public sealed class BpfMapArgument
{
    private readonly BpfMap? _map;
    private readonly string _text;

    public BpfMapArgument(BpfMap map)
    {
        _map = map;
        _text = map.Id.ToString(CultureInfo.InvariantCulture);
    }

    public BpfMapArgument(long id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfMapArgument(string text) => _text = text;

    public BpfMapArgument(BpfPin pin) => _text = pin.Path;

    public override string ToString() => _text;

    /// <summary>What is meant; a text with wildcards may mean several, or none.</summary>
    internal IReadOnlyList<BpfMap> Resolve() => _map is not null ? [_map] : BpfFinder.Maps(_text);
}
