using System.Xml.Linq;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Tests.Host.Rendering;

public sealed class FormatFileReaderTests
{
    [Theory]
    [InlineData("<TableControl><TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><ScriptBlock>$_.X</ScriptBlock></TableColumnItem></TableColumnItems></TableRowEntry></TableRowEntries></TableControl>", "v: ScriptBlock")]
    [InlineData("<ListControl><ListEntries><ListEntry><ListItems><ListItem><ItemSelectionCondition/><PropertyName>X</PropertyName></ListItem></ListItems></ListEntry></ListEntries></ListControl>", "v: ItemSelectionCondition")]
    [InlineData("<CustomControl/>", "v: neither a TableControl nor a ListControl")]
    public void WhatOnlyPowerShellCanShowIsListed(string control, string expected)
    {
        var document = XDocument.Parse($"<Configuration><ViewDefinitions><View><Name>v</Name>{control}</View></ViewDefinitions></Configuration>");
        Assert.Equal([expected], FormatFileReader.Read(document).Unsupported);
    }

    [Fact]
    public void AScriptThatOnlyGivesColoursShowsItsProperty()
    {
        var document = XDocument.Parse("""
            <Configuration><ViewDefinitions><View><Name>v</Name><TableControl>
              <TableHeaders><TableColumnHeader><Label>L</Label></TableColumnHeader></TableHeaders>
              <TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><ScriptBlock>&lt;# X #&gt; $_.X</ScriptBlock></TableColumnItem></TableColumnItems></TableRowEntry></TableRowEntries>
            </TableControl></View></ViewDefinitions></Configuration>
            """);
        FormatFile read = FormatFileReader.Read(document);
        Assert.Empty(read.Unsupported);
        Assert.Equal(("X", "L"), Assert.Single(Assert.Single(read.Views).Fields) is var field ? (field.PropertyName, field.Label) : default);
    }

    [Theory]
    [InlineData("<# X #> $_.X", "X", null)]
    [InlineData("<# X.Y #> $_.X.Y", "X.Y", null)]
    [InlineData("<# ToString() #> \"$_\"", "ToString()", null)]
    [InlineData("<# X.TotalMilliseconds {0:N3} ms #> '...'", "X.TotalMilliseconds", "{0:N3} ms")]
    public void AScriptSaysHowItsPropertyIsShown(string script, string property, string? format)
    {
        var document = new XDocument(new XElement("Configuration", new XElement("ViewDefinitions", new XElement("View", new XElement("Name", "v"),
            new XElement("ListControl", new XElement("ListEntries", new XElement("ListEntry", new XElement("ListItems", new XElement("ListItem", new XElement("Label", "L"), new XElement("ScriptBlock", script))))))))));
        FormatFile read = FormatFileReader.Read(document);
        Assert.Empty(read.Unsupported);
        Assert.Equal(new ViewField(property, "L", format), Assert.Single(Assert.Single(read.Views).Fields));
    }

    [Theory]
    [InlineData("<PropertyName>X</PropertyName>", "X", null)]
    [InlineData("<ScriptBlock>&lt;# X.DateTime {0:HH:mm} #&gt; '...'</ScriptBlock>", "X.DateTime", "{0:HH:mm}")]
    public void GroupsAreOfAPropertyOrWhatAScriptSays(string key, string property, string? format)
    {
        var document = XDocument.Parse($"<Configuration><ViewDefinitions><View><Name>v</Name><GroupBy>{key}<Label>L</Label></GroupBy><TableControl/></View></ViewDefinitions></Configuration>");
        FormatFile read = FormatFileReader.Read(document);
        Assert.Empty(read.Unsupported);
        Assert.Equal(new ViewField(property, "L", format), Assert.Single(read.Views).GroupBy);
    }

    [Fact]
    public void WideControlsArePassedOver()
    {
        var document = XDocument.Parse("<Configuration><ViewDefinitions><View><Name>v</Name><WideControl><WideEntries><WideEntry><WideItem><ScriptBlock>1</ScriptBlock></WideItem></WideEntry></WideEntries></WideControl></View></ViewDefinitions></Configuration>");
        FormatFile read = FormatFileReader.Read(document);
        Assert.Empty(read.Unsupported);
        Assert.Empty(read.Views);
    }

    [Fact]
    public void TheShippedViewsHaveNothingThatTheHostCannotShow()
    {
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "views"), "*.Format.ps1xml");
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            FormatFile read = FormatFileReader.Read(XDocument.Load(file));
            Assert.Empty(read.Unsupported);
            Assert.NotEmpty(read.Views);
        });
    }

    [Fact]
    public void TheShippedViewsNameTypesAndPropertiesThatExist()
    {
        Type[] types = [.. AppDomain.CurrentDomain.GetAssemblies().Append(typeof(PerfTrace.Host.HostSession).Assembly).Concat(ReferencedByHost()).Distinct().SelectMany(assembly => assembly.GetTypes())];
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "views"), "*.Format.ps1xml"))
        {
            foreach (FormatView view in FormatFileReader.Read(XDocument.Load(file)).Views)
            {
                Type? type = view.TypeNames.Select(name => Array.Find(types, known => known.FullName == name)).FirstOrDefault(found => found is not null);
                Assert.True(type is not null, $"{view.Name}: no type {string.Join(", ", view.TypeNames)}");
                foreach (ViewField field in view.GroupBy is null ? view.Fields : view.Fields.Append(view.GroupBy))
                    Assert.True(HasProperty(type, field.PropertyName), $"{view.Name}: {type} has no property {field.PropertyName}");
            }
        }
    }

    private static bool HasProperty(Type type, string path)
    {
        foreach (string name in path.Split('.'))
        {
            if (name.EndsWith("()", StringComparison.Ordinal))
                return type.GetMethod(name[..^2], []) is not null;
            if (type.GetProperty(name) is not { } property)
                return false;
            type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        }
        return true;
    }

    private static IEnumerable<System.Reflection.Assembly> ReferencedByHost() =>
        typeof(PerfTrace.Host.HostSession).Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("PerfTrace", StringComparison.Ordinal))
            .Select(System.Reflection.Assembly.Load);
}
