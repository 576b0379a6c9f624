using System.Globalization;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>
/// A BPF program as a parameter takes it: its object, its id, its name or tag, or a path in bpffs. PowerShell makes one from each of these; what it means is looked up when the command runs.
/// </summary>
public sealed class BpfProgramArgument
{
    private readonly BpfProgram? _program;
    private readonly string _text;

    public BpfProgramArgument(BpfProgram program)
    {
        _program = program;
        _text = program.Id.ToString(CultureInfo.InvariantCulture);
    }

    public BpfProgramArgument(uint id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfProgramArgument(int id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfProgramArgument(long id) => _text = id.ToString(CultureInfo.InvariantCulture);

    public BpfProgramArgument(string text) => _text = text;

    public BpfProgramArgument(BpfPin pin) => _text = pin.Path;

    public override string ToString() => _text;

    /// <summary>What is meant; a text with wildcards may mean several, or none.</summary>
    internal IReadOnlyList<BpfProgram> Resolve() => _program is not null ? [_program] : BpfFinder.Programs(_text);
}
