using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using PerfTrace.Bpf;
using PerfTrace.Host;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Tests.Host.Rendering;

/// <summary>What cmdlets put out is shown by a view, not by all of its properties.</summary>
public sealed class OutputViewTests
{
    // What needs none, or has PowerShell's own.
    private static readonly HashSet<Type> s_withoutView = [typeof(void), typeof(string), typeof(FileInfo)];

    private static readonly HashSet<string> s_shown =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "views"), "*.Format.ps1xml")
            .SelectMany(static file => FormatFileReader.Read(XDocument.Load(file)).Views).SelectMany(static view => view.TypeNames),
    ];

    public static TheoryData<string, Type> Outputs()
    {
        var outputs = new TheoryData<string, Type>();
        foreach (Type cmdlet in typeof(HostSession).Assembly.GetTypes().Where(static t => t.GetCustomAttribute<CmdletAttribute>() is not null))
        {
            foreach (Type output in cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(static a => a.Type).Select(static t => t.Type).Except(s_withoutView))
                outputs.Add(cmdlet.Name, output);
        }
        foreach (BpfTool tool in BpfTools.All)
            outputs.Add(tool.Name, tool.OutputType);
        return outputs;
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void WhatACmdletPutsOutHasAView(string cmdlet, Type output)
    {
        var bases = new List<string>();
        for (Type? type = output; type is not null; type = type.BaseType)
            bases.Add(type.FullName!);
        Assert.True(bases.Any(s_shown.Contains), $"{cmdlet}: {output} has no view");
    }

    [Fact]
    public void KindsOfTraceRecordsShareTables()
    {
        // PowerShell shows an object that the view of the first is not for as a list.
        IEnumerable<FormatView> tables = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "views"), "*.Format.ps1xml")
            .SelectMany(static file => FormatFileReader.Read(XDocument.Load(file)).Views).Where(static view => view.Shape == ViewShape.Table);
        Type[] records = [typeof(PerfTrace.Events.TraceEvent), typeof(PerfTrace.Tracing.TraceMarker), typeof(PerfTrace.Tracing.FunctionEntry), typeof(PerfTrace.Tracing.FunctionGraphEntry), typeof(PerfTrace.Events.TraceRecord)];
        List<FormatView> ofRecords = [.. tables.Where(view => view.TypeNames.Any(name => records.Any(record => record.FullName == name)))];
        Assert.Equal(3, ofRecords.Count);
        Assert.All(ofRecords, static view => Assert.Contains("PerfTrace.Events.TraceRecord", view.TypeNames));
    }

    [Fact]
    public void NoViewShowsAMomentByAFormatOfItsOwn()
    {
        // What is read from Clixml is no DateTimeOffset any more, which takes no format and can not be compared: its DateTime is one in both.
        Type[] types = [.. typeof(BpfTools).Assembly.GetTypes()];
        foreach (FormatView view in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "views"), "*.Format.ps1xml").SelectMany(static file => FormatFileReader.Read(XDocument.Load(file)).Views))
        {
            foreach (Type type in types.Where(type => view.TypeNames.Contains(type.FullName)))
            {
                foreach (ViewField field in view.GroupBy is { } group ? view.Fields.Where(static f => f.FormatString is not null).Append(group) : view.Fields.Where(static f => f.FormatString is not null))
                {
                    Type? shown = type.GetProperty(field.PropertyName)?.PropertyType;
                    Assert.False(shown == typeof(DateTimeOffset) || shown == typeof(DateTimeOffset?), $"{view.Name}: {field.PropertyName}");
                }
            }
        }
    }

    [Fact]
    public void LatenciesAreGroupedByTheMillisecond()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var first = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(1));
        LatencyRange[] ranges = [Range(first), Range(first), Range(first.AddMilliseconds(1))];
        string views = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "views", "Tools.Format.ps1xml"));
        string[] groups = [.. RenderingSink.Render(OutputFormat.Table, ranges, views).Split('\n').Where(static line => line.Contains("Until", StringComparison.Ordinal))];
        Assert.Equal(["   Until: 2026-01-02 03:04:05.006", "   Until: 2026-01-02 03:04:05.007"], groups);

        static LatencyRange Range(DateTimeOffset time) => new() { Time = time, Key = "a", Low = TimeSpan.Zero, High = TimeSpan.FromMicroseconds(1), Count = 1, Share = 1 };
    }
}
