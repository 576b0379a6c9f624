using System.Globalization;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>
/// A BPF program as a parameter takes it: its object, its id, its name or tag, or a path in bpffs; or all programs of an object file that was loaded. PowerShell makes one from each of these; what it means is looked up when the command runs.
/// </summary>
public sealed class BpfProgramArgument
{
    private readonly IReadOnlyList<BpfProgram>? _programs;
    private readonly string _text;

    public BpfProgramArgument(BpfProgram program)
    {
        _programs = [program];
        _text = program.Id.ToString(CultureInfo.InvariantCulture);
    }

    public BpfProgramArgument(BpfObject loaded)
    {
        _programs = loaded.Programs;
        _text = loaded.Name;
    }

    public BpfProgramArgument(long id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfProgramArgument(string text) => _text = text;

    public BpfProgramArgument(BpfPin pin) => _text = pin.Path;

    public override string ToString() => _text;

    /// <summary>What is meant; a text with wildcards may mean several, or none.</summary>
    internal IReadOnlyList<BpfProgram> Resolve() => _programs ?? BpfFinder.Programs(_text);
}
