using System.Globalization;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>The layout of a type as text: types of one layout share a class, from whatever program or kernel they come.</summary>
internal sealed class BtfLayout
{
    private const int DeepestNesting = 64, LongestText = 8 << 20;

    private readonly StringBuilder _text = new();
    private int _depth;

    public static string Of(BtfType type)
    {
        var layout = new BtfLayout();
        layout.Add(type);
        return layout._text.ToString();
    }

    private void Add(BtfType type)
    {
        type = type.Kind == BtfKind.Variable ? type.Type!.Resolve() : type.Resolve();
        if (++_depth > DeepestNesting || _text.Length > LongestText)
            throw type.Damage("it is nested too deeply, or contains itself");
        switch (type.Kind)
        {
            case BtfKind.Struct or BtfKind.Union or BtfKind.DataSection:
                _text.Append(type.Kind == BtfKind.DataSection ? "section " : type.Kind == BtfKind.Union ? "union " : "struct ").Append(type.Name).Append(' ')
                    .Append(CultureInfo.InvariantCulture, $"{type.Size}{{");
                foreach (BtfMember member in type.Members)
                {
                    _text.Append(CultureInfo.InvariantCulture, $"{member.Name}@{member.BitOffset}:{member.BitFieldSize} ");
                    Add(member.Type);
                }
                foreach (BtfVariable variable in type.Variables)
                {
                    _text.Append(CultureInfo.InvariantCulture, $"{variable.Name}@{variable.Offset} ");
                    Add(variable.Type);
                }
                _text.Append('}');
                break;
            case BtfKind.Enum or BtfKind.Enum64:
                _text.Append("enum ").Append(type.Name).Append(CultureInfo.InvariantCulture, $" {type.Size}{(type.IsSigned ? 's' : 'u')}(");
                foreach (BtfEnumerator one in type.Enumerators)
                    _text.Append(CultureInfo.InvariantCulture, $"{one.Name}={one.Bits},");
                _text.Append(')');
                break;
            case BtfKind.Array:
                _text.Append(CultureInfo.InvariantCulture, $"[{type.Length}]");
                Add(type.Type!);
                break;
            case BtfKind.Pointer:
                _text.Append("*;");
                break;
            default:
                _text.Append(type.Name).Append(CultureInfo.InvariantCulture, $" {type.Size}{(type.IsSigned ? 's' : 'u')}{(type.IsBoolean ? 'b' : ' ')};");
                break;
        }
        _depth--;
    }
}
