using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PerfTrace.Host.Rendering;

/// <summary>
/// Reads PowerShell's format files: table and list controls with property columns, and custom controls that show the text of the object. Script blocks need PowerShell: where one begins with
/// <c>&lt;# Property #&gt;</c> it only gives that property colours or another form, and the property is shown; <c>&lt;# Property.Member {0:N3} ms #&gt;</c> says how. Any other field with
/// one is left out and listed, and a test of the shipped files fails on it. Wide controls are passed over.
/// </summary>
internal static partial class FormatFileReader
{
    public static FormatFile Read(XDocument document)
    {
        var views = new List<FormatView>();
        var unsupported = new List<string>();
        foreach (XElement view in document.Root?.Element("ViewDefinitions")?.Elements("View") ?? [])
        {
            // Of Format-Wide, which the host does not have.
            if (view.Element("WideControl") is not null)
                continue;
            string name = Text(view.Element("Name")) ?? "";
            foreach (XElement script in view.Descendants().Where(element => element.Name.LocalName is "ScriptBlock" or "ItemSelectionCondition" or "CustomControlName" or "SelectionSetName" && ShownPropertyOf(element) is null))
                unsupported.Add($"{name}: {script.Name.LocalName}");
            if (view.Element("TableControl") is { } table)
                views.Add(ReadTable(view, name, table));
            else if (view.Element("ListControl") is { } list)
                views.Add(new FormatView(name, ViewShape.List, TypeNames(view), ReadList(list), ReadGroupBy(view)));
            else if (view.Element("CustomControl") is { } custom && IsPlainText(custom))
                views.Add(new FormatView(name, ViewShape.Text, TypeNames(view), []));
            else
                unsupported.Add($"{name}: neither a TableControl nor a ListControl");
        }

        return new FormatFile(views, unsupported);
    }

    // One item, of the object itself.
    private static bool IsPlainText(XElement custom) =>
        custom.Descendants("CustomItem").ToArray() is [var item] && item.Elements().ToArray() is [{ Name.LocalName: "ExpressionBinding", HasElements: false }];

    private static FormatView ReadTable(XElement view, string name, XElement table)
    {
        XElement[] headers = [.. table.Element("TableHeaders")?.Elements("TableColumnHeader") ?? []];
        XElement[] items = [.. table.Element("TableRowEntries")?.Element("TableRowEntry")?.Element("TableColumnItems")?.Elements("TableColumnItem") ?? []];
        var fields = new List<ViewField>();
        for (int i = 0; i < items.Length; i++)
        {
            if (PropertyOf(items[i]) is not var (property, format))
                continue;
            // A header may be empty, or missing altogether: the property then names the column.
            XElement? header = i < headers.Length ? headers[i] : null;
            fields.Add(new ViewField(
                property,
                Text(header?.Element("Label")) ?? property,
                format,
                int.Parse(Text(header?.Element("Width")) ?? "0", CultureInfo.InvariantCulture),
                AlignsRight(Text(items[i].Element("Alignment")) ?? Text(header?.Element("Alignment")))));
        }

        return new FormatView(name, ViewShape.Table, TypeNames(view), fields, ReadGroupBy(view), HidesHeaders: table.Element("HideTableHeaders") is not null);
    }

    private static List<ViewField> ReadList(XElement list)
    {
        var fields = new List<ViewField>();
        foreach (XElement item in list.Element("ListEntries")?.Element("ListEntry")?.Element("ListItems")?.Elements("ListItem") ?? [])
        {
            if (PropertyOf(item) is var (property, format))
                fields.Add(new ViewField(property, Text(item.Element("Label")) ?? property, format));
        }

        return fields;
    }

    private static ViewField? ReadGroupBy(XElement view) => view.Element("GroupBy") is { } group && PropertyOf(group) is var (property, format)
        ? new ViewField(property, Text(group.Element("Label")) ?? property, format)
        : null;

    private static string[] TypeNames(XElement view) =>
        [.. view.Element("ViewSelectedBy")?.Elements("TypeName").Select(type => type.Value.Trim()) ?? []];

    private static bool? AlignsRight(string? alignment) => alignment?.ToUpperInvariant() switch
    {
        "RIGHT" => true,
        "LEFT" or "CENTER" => false,
        _ => null,
    };

    private static (string Property, string? Format)? PropertyOf(XElement item)
    {
        if (item.Element("ScriptBlock") is { } script)
            return ShownPropertyOf(script);
        return Text(item.Element("PropertyName")) is { } property ? (property, Text(item.Element("FormatString"))) : null;
    }

    private static (string Property, string? Format)? ShownPropertyOf(XElement script)
    {
        if (ShownProperty().Match(script.Value) is not { Success: true } match)
            return null;
        return (match.Groups["property"].Value, match.Groups["format"] is { Success: true } format ? format.Value : null);
    }

    [GeneratedRegex(@"\A\s*<# (?<property>\w+(\.\w+)?(\(\))?)( (?<format>.*?))? #>", RegexOptions.CultureInvariant)]
    private static partial Regex ShownProperty();

    private static string? Text(XElement? element) => element?.Value.Trim() is { Length: > 0 } text ? text : null;
}
