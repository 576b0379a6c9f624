namespace PerfTrace.Kernel;

/// <summary>A parameter of a function.</summary>
public sealed class BtfParameter
{
    private readonly BtfType _owner;
    private readonly uint _typeId;
    private readonly int _place;

    internal BtfParameter(BtfType owner, string name, uint typeId, bool isVariadic, int place)
    {
        _owner = owner;
        _typeId = typeId;
        _place = place;
        Name = name;
        IsVariadic = isVariadic;
    }

    public string Name { get; }

    /// <summary>Its type; void for the dots of a variadic function.</summary>
    public BtfType Type => _owner.Types.Refer(_typeId, _place);

    public string TypeName => IsVariadic ? "..." : Type.TypeName;

    /// <summary>Stands for any number of further arguments.</summary>
    public bool IsVariadic { get; }

    public override string ToString() => IsVariadic ? "..." : BtfDeclaration.Of(Type, Name);
}
