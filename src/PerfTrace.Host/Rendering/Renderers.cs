using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>Chooses the renderer for a form of output.</summary>
internal static class Renderers
{
    public static IObjectSink Create(OutputFormat format, HostConsole console, string viewsDirectory) => format switch
    {
        OutputFormat.Auto when !console.IsOutTerminal => new JsonRenderer(console.Out, asArray: false, keepsText: true),
        OutputFormat.Auto => new ViewRenderer(console, new ViewCatalog(viewsDirectory), shape: null),
        OutputFormat.Table => new ViewRenderer(console, new ViewCatalog(viewsDirectory), ViewShape.Table),
        OutputFormat.List => new ViewRenderer(console, new ViewCatalog(viewsDirectory), ViewShape.List),
        OutputFormat.Json => new JsonRenderer(console.Out, asArray: true),
        OutputFormat.JsonLines => new JsonRenderer(console.Out, asArray: false),
        OutputFormat.Csv => new CsvRenderer(console.Out),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
