using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>A type as a parameter takes it: its object, or its name, which is looked up when the command runs.</summary>
public sealed class BtfTypeArgument
{
    private readonly BtfType? _type;
    private readonly string _name;

    public BtfTypeArgument(BtfType type)
    {
        _type = type;
        _name = type.TypeName;
    }

    public BtfTypeArgument(string name) => _name = name;

    public override string ToString() => _name;

    internal BtfType Resolve(BpfMap map) => _type ?? BpfBufferTypes.Find(map, _name);
}
