using System.Collections;
using System.Reflection;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

/// <summary>
/// A tree as one line of text, without its places: the name of each node's class without the word for its family, and its properties in order, nulls left out:
/// <c>Binary(Integer(1) Add Variable($x))</c>.
/// </summary>
internal static class TreeShape
{
    private static readonly string[] Families = ["Expression", "Literal", "Statement", "TypeSyntax", "Syntax", "Definition", "Variable"];

    private static readonly string[] LeftOut = ["Span", "NameSpan", "Height", "Source", "Number", "IsPattern"];

    public static string Of(object? part) => part switch
    {
        null or CAttributes { IsPacked: false, Alignment: null } => "",
        Node or ScriptTree => $"{NameOf(part)}({string.Join(' ', Properties(part))})",
        BuiltinVariable builtin => builtin.Name,
        string text => text,
        ReadOnlyMemory<byte> => "",
        IEnumerable list => "[" + string.Join(' ', list.Cast<object>().Select(Of)) + "]",
        _ => Convert.ToString(part, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    private static string NameOf(object part)
    {
        string name = part.GetType().Name;
        string? family = Array.Find(Families, f => name.EndsWith(f, StringComparison.Ordinal) && name.Length > f.Length);
        return family is null ? name : name[..^family.Length];
    }

    // What has a setter is noted by the checker.
    private static IEnumerable<string> Properties(object part) =>
        part.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static p => !LeftOut.Contains(p.Name) && (p.SetMethod is null || IsInitial(p.SetMethod)))
            .Where(p => part is not IntegerLiteral || p.Name == "Value" || p.Name == "IsNegative" && ((IntegerLiteral)part).IsNegative)
            .Select(p => Of(p.GetValue(part)))
            .Where(static text => text.Length > 0);

    private static bool IsInitial(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
