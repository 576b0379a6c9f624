using System.Globalization;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Functions as bpftool heads them in a listing, which is not quite C: <c>int main(struct __sk_buff * skb)</c>.</summary>
internal static class BpfSignature
{
    // bpftool's own bound; a longer one it leaves out.
    private const int Longest = 1023, DeepestNesting = 64;

    /// <summary>Null where bpftool writes none.</summary>
    public static string? Of(BtfType function)
    {
        var text = new StringBuilder();
        return Append(text, function, 0) && text.Length is > 0 and <= Longest ? text.ToString() : null;
    }

    private static bool Append(StringBuilder text, BtfType type, int depth)
    {
        if (depth > DeepestNesting || text.Length > Longest)
            return false;
        switch (type.Kind)
        {
            case BtfKind.Void:
                text.Append("void ");
                return true;
            case BtfKind.Integer or BtfKind.Typedef or BtfKind.Float:
                text.Append(type.Name).Append(' ');
                return true;
            case BtfKind.Struct:
                text.Append("struct ").Append(type.Name).Append(' ');
                return true;
            case BtfKind.Union:
                text.Append("union ").Append(type.Name).Append(' ');
                return true;
            case BtfKind.Enum or BtfKind.Enum64:
                text.Append("enum ").Append(type.Name).Append(' ');
                return true;
            case BtfKind.Forward:
                text.Append(type.IsUnionForward ? "union " : "struct ").Append(type.Name).Append(' ');
                return true;
            case BtfKind.Array:
                if (!Append(text, type.Type!, depth + 1))
                    return false;
                text.Append(CultureInfo.InvariantCulture, $"[{type.Length}]");
                return true;
            case BtfKind.Pointer:
                if (!Append(text, type.Type!, depth + 1))
                    return false;
                text.Append("* ");
                return true;
            case BtfKind.Volatile:
                text.Append("volatile ");
                return Append(text, type.Type!, depth + 1);
            case BtfKind.Const:
                text.Append("const ");
                return Append(text, type.Type!, depth + 1);
            case BtfKind.Restrict:
                text.Append("restrict ");
                return Append(text, type.Type!, depth + 1);
            case BtfKind.Function:
                return AppendFunction(text, type.Type!, type.Name, depth);
            case BtfKind.FunctionPrototype:
                return AppendFunction(text, type, "", depth);
            default:
                return false;
        }
    }

    private static bool AppendFunction(StringBuilder text, BtfType prototype, string name, int depth)
    {
        if (!Append(text, prototype.Type!, depth + 1))
            return false;
        text.Append(name).Append('(');
        for (int i = 0; i < prototype.Parameters.Count; i++)
        {
            BtfParameter parameter = prototype.Parameters[i];
            if (i > 0)
                text.Append(", ");
            if (parameter.IsVariadic)
            {
                text.Append("...");
                continue;
            }
            if (!Append(text, parameter.Type, depth + 1))
                return false;
            if (parameter.Name.Length > 0)
                text.Append(parameter.Name);
            else if (text[^1] == ' ')
                text.Length--;
        }
        text.Append(')');
        return true;
    }
}
