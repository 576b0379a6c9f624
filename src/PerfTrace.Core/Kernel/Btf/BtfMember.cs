namespace PerfTrace.Kernel;

/// <summary>A member of a struct or union.</summary>
public sealed class BtfMember
{
    private readonly BtfType _owner;
    private readonly uint _typeId;
    private readonly int _place;

    internal BtfMember(BtfType owner, string name, uint typeId, uint bitOffset, uint bitSize, int place)
    {
        _owner = owner;
        _typeId = typeId;
        _place = place;
        Name = name;
        BitOffset = bitOffset;
        BitFieldSize = bitSize;
    }

    /// <summary>Empty for a struct or union without a name, whose members count as the owner's.</summary>
    public string Name { get; }

    public BtfType Type => _owner.Types.Refer(_typeId, _place);

    /// <summary>The type as C writes it.</summary>
    public string TypeName => Type.TypeName;

    /// <summary>Bytes from the beginning of the struct; of a bit field, those that are whole.</summary>
    public long Offset => BitOffset / 8;

    /// <summary>Bits from the beginning of the struct.</summary>
    public uint BitOffset { get; }

    /// <summary>Bits of a bit field; 0 for any other member.</summary>
    public uint BitFieldSize { get; }

    public bool IsBitField => BitFieldSize > 0;

    /// <summary>Bytes of the member's type; null for a type without a size.</summary>
    public long? Size => Type.Size;

    public override string ToString() => BtfDeclaration.Of(Type, Name) + (IsBitField ? $": {BitFieldSize}" : "");
}
