using PerfTrace.Host.Rendering;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Tests.Host.Rendering;

/// <summary>Renders objects to a text, with the views of a folder of the test's own.</summary>
internal static class RenderingSink
{
    public static string Render(OutputFormat format, IEnumerable<object?> values, string? views = null, int width = 0, bool hasColor = false)
    {
        using var output = new StringWriter();
        HostConsole console = HostConsole.OfText(output, TextWriter.Null, isTerminal: width > 0, hasColor: hasColor, width: width);
        string directory = Directory.CreateTempSubdirectory("perftrace-views-").FullName;
        try
        {
            if (views is not null)
                File.WriteAllText(Path.Combine(directory, "Test.Format.ps1xml"), views);
            IObjectSink sink = Renderers.Create(format, console, directory);
            foreach (object? value in values)
                sink.Write(value);
            sink.Complete();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return output.ToString();
    }
}
