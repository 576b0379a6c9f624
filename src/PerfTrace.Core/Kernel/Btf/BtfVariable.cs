namespace PerfTrace.Kernel;

/// <summary>A variable's place in a section of data.</summary>
public sealed class BtfVariable
{
    private readonly BtfType _owner;
    private readonly uint _typeId;
    private readonly int _place;

    internal BtfVariable(BtfType owner, uint typeId, uint offset, uint size, int place)
    {
        _owner = owner;
        _typeId = typeId;
        _place = place;
        Offset = offset;
        Size = size;
    }

    public string Name => Variable.Name;

    /// <summary>The variable, whose type it is that the bytes have.</summary>
    public BtfType Variable => _owner.Types.Refer(_typeId, _place);

    public BtfType Type => Variable.Type ?? Variable;

    public string TypeName => Type.TypeName;

    /// <summary>Bytes from the beginning of the section.</summary>
    public long Offset { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    public override string ToString() => BtfDeclaration.Of(Type, Name);
}
