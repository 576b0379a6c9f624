using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>What the debug information of a file describes: a function, a parameter, a type, a member. It keeps the file open.</summary>
internal sealed unsafe class DwarfEntry
{
    // DW_TAG_* of the DWARF standard, those that are asked for here.
    public const int Array = 0x01, Class = 0x02, Enumeration = 0x04, Parameter = 0x05, Member = 0x0d, Pointer = 0x0f, Reference = 0x10, Struct = 0x13, Subroutine = 0x15, Typedef = 0x16,
        Union = 0x17, Subrange = 0x21, BaseType = 0x24, Constant = 0x26, Enumerator = 0x28, Function = 0x2e, Volatile = 0x35, Restrict = 0x37, RightReference = 0x42, Atomic = 0x47;

    private const uint AttributeSize = 0x0b, AttributeBitOffset = 0x0c, AttributeBits = 0x0d, AttributeValue = 0x1c, AttributeUpper = 0x2f, AttributeCount = 0x37, AttributeMember = 0x38, AttributeEncoding = 0x3e,
        AttributeType = 0x49, AttributeDataBit = 0x6b;

    private readonly DwarfFile _file;
    private readonly LibDw.Die _die;

    internal DwarfEntry(DwarfFile file, in LibDw.Die die) => (_file, _die) = (file, die);

    // What it leads to is in the file, which may have been closed.
    private LibDw.Die Open
    {
        get
        {
            _file.RequireOpen();
            return _die;
        }
    }

    /// <summary>What tells it from others of the file.</summary>
    public nint Id => _die.Address;

    public int Tag
    {
        get
        {
            LibDw.Die die = Open;
            return LibDw.Tag(&die);
        }
    }

    /// <summary>Empty for none.</summary>
    public string Name
    {
        get
        {
            LibDw.Die die = Open;
            return Marshal.PtrToStringUTF8((nint)LibDw.Name(&die)) ?? "";
        }
    }

    /// <summary>The type of a parameter or member, what an address leads to; null: void.</summary>
    public DwarfEntry? Type
    {
        get
        {
            LibDw.Die die = Open, type;
            LibDw.Attribute attribute;
            return LibDw.FindAttribute(&die, AttributeType, &attribute) != null && LibDw.Reference(&attribute, &type) != null ? new DwarfEntry(_file, type) : null;
        }
    }

    /// <summary>The same without what does not change how it lies in memory: names of types, const, volatile.</summary>
    public DwarfEntry? Plain
    {
        get
        {
            DwarfEntry? type = this;
            // A damaged file may go in a circle.
            for (int steps = 0; type is { Tag: Typedef or Constant or Volatile or Restrict or Atomic } && steps < 64; steps++)
                type = type.Type;
            return type;
        }
    }

    /// <summary>The type as C writes it: <c>const char *</c>, <c>struct node *</c>.</summary>
    public string TypeName => NameOf(this, 0);

    public int? Bytes => (int?)Number(AttributeSize);

    /// <summary>DW_ATE_*: how a base type is read.</summary>
    public int Encoding => (int)(Number(AttributeEncoding) ?? 0);

    /// <summary>The elements of an array's dimension; 0: not told.</summary>
    public int Count => (int)Math.Min(Number(AttributeCount) ?? (Number(AttributeUpper) is { } last ? last + 1 : 0), int.MaxValue);

    /// <summary>The value of an enumeration's name.</summary>
    public long Value
    {
        get
        {
            LibDw.Die die = Open;
            LibDw.Attribute attribute;
            long value;
            return LibDw.FindAttribute(&die, AttributeValue, &attribute) != null && LibDw.SignedNumber(&attribute, &value) == 0 ? value : 0;
        }
    }

    /// <summary>Where a member begins, in bytes.</summary>
    public int Offset => (int)(Number(AttributeMember) ?? 0);

    /// <summary>Of a bit field how many bits it has; 0 for others.</summary>
    public int Bits => (int)(Number(AttributeBits) ?? 0);

    /// <summary>Where a bit field begins, in bits. Until version 4 of the format it was told from the highest bit of the unit that it is in.</summary>
    public int BitOffset => Number(AttributeDataBit) is { } bit ? (int)bit
        : (Offset * 8) + (Number(AttributeBitOffset) is { } above ? ((Bytes ?? Type?.Plain?.Bytes ?? 0) * 8) - (int)above - Bits : 0);

    public IEnumerable<DwarfEntry> Children
    {
        get
        {
            for (DwarfEntry? child = First(); child is not null; child = child.Next())
                yield return child;
        }
    }

    private static string NameOf(DwarfEntry? type, int depth)
    {
        // A damaged file may go in a circle.
        const int deepest = 64;
        if (type is null || depth > deepest)
            return "void";
        string Inner() => NameOf(type.Type, depth + 1);
        string Before(string name, string mark) => name + (name.EndsWith('*') ? mark : $" {mark}");
        return type.Tag switch
        {
            Pointer => type.Type is { Tag: Subroutine } ? "void (*)()" : Before(Inner(), "*"),
            Reference => Before(Inner(), "&"),
            RightReference => Before(Inner(), "&&"),
            Constant or Volatile or Restrict => type.Type is { Tag: Pointer } ? $"{Inner()}{WordOf(type.Tag)}" : $"{WordOf(type.Tag)} {Inner()}",
            Atomic => Inner(),
            Struct => $"struct {Named(type)}",
            Union => $"union {Named(type)}",
            Enumeration => $"enum {Named(type)}",
            Array => $"{Inner()}{string.Concat(type.Children.Where(static c => c.Tag == Subrange).Select(static c => c.Count > 0 ? $"[{c.Count}]" : "[]"))}",
            Subroutine => "void ()",
            _ => type.Name,
        };
    }

    private static string Named(DwarfEntry type) => type.Name.Length > 0 ? type.Name : "{ … }";

    private static string WordOf(int tag) => tag == Constant ? "const" : tag == Volatile ? "volatile" : "restrict";

    private DwarfEntry? First()
    {
        LibDw.Die die = Open, child;
        return LibDw.Child(&die, &child) == 0 ? new DwarfEntry(_file, child) : null;
    }

    private DwarfEntry? Next()
    {
        LibDw.Die die = Open, next;
        return LibDw.Sibling(&die, &next) == 0 ? new DwarfEntry(_file, next) : null;
    }

    private ulong? Number(uint name)
    {
        LibDw.Die die = Open;
        LibDw.Attribute attribute;
        ulong value;
        return LibDw.FindAttribute(&die, name, &attribute) != null && LibDw.Number(&attribute, &value) == 0 ? value : null;
    }
}
