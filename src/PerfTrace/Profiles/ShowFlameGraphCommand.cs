using System.ComponentModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Text;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Show-FlameGraph: opens a flame graph in the browser, or draws it in the terminal where there is no display.</summary>
[Cmdlet(VerbsCommon.Show, "FlameGraph", DefaultParameterSetName = PathSet)]
[OutputType(typeof(string))]
public sealed class ShowFlameGraphCommand : FlameGraphCommand
{
    private const int DefaultColumns = 120;
    private const string FilePrefix = "perftrace-flamegraph-";

    // The browser reads it when it likes, after the end of this process perhaps.
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [DefaultPath];

    /// <summary>Draws in the terminal also where there is a display.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>Columns of the drawing in the terminal.</summary>
    [Parameter]
    [ValidateRange(20, 2_000)]
    public int? Columns { get; set; }

    private static bool HasDisplay => HasValue("DISPLAY") || HasValue("WAYLAND_DISPLAY");

    private protected override string[] Recordings => Path;

    private protected override void Draw(CallTree tree, FlameGraphOptions look)
    {
        if (AsText || !HasDisplay)
        {
            WriteText(tree, look);
            return;
        }
        string folder = System.IO.Path.GetTempPath(), file = System.IO.Path.Combine(folder, $"{FilePrefix}{Guid.NewGuid():N}.svg");
        RemoveOld(folder);
        using (var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            FlameGraph.Write(writer, tree, look);
        if (Open(file) is { } problem)
        {
            File.Delete(file);
            WriteWarning($"{problem} The flame graph is drawn as text. Export-FlameGraph writes a file.");
            WriteText(tree, look);
        }
    }

    private static void RemoveOld(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, FilePrefix + "*.svg"))
        {
            if (File.GetLastWriteTimeUtc(file) >= DateTime.UtcNow - Kept)
                continue;
            try
            {
                File.Delete(file);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's.
            }
        }
    }

    private static bool HasValue(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    // Null: it was opened.
    private static string? Open(string file)
    {
        string program = HasValue("BROWSER") ? Environment.GetEnvironmentVariable("BROWSER")! : "xdg-open";
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo(program, [file]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true });
            return null;
        }
        catch (Win32Exception e)
        {
            return $"'{program}' could not be started: {e.Message}.";
        }
    }

    private void WriteText(CallTree tree, FlameGraphOptions look)
    {
        Dictionary<FrameKind, string>? colours = Colours(out string reset);
        foreach (string row in TextFlameGraph.Draw(tree, Columns ?? TerminalWidth(), look, colours is null ? null : kind => colours[kind], reset))
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(row);
        }
    }

    private static int TerminalWidth()
    {
        // Without a terminal there is no width to ask for.
        if (Console.IsOutputRedirected)
            return DefaultColumns;
        return Console.WindowWidth is > 20 and var width ? width : DefaultColumns;
    }

    // PowerShell's own colours, which it leaves out where the user wants none ($PSStyle.OutputRendering); null where there is no $PSStyle.
    private Dictionary<FrameKind, string>? Colours(out string reset)
    {
        reset = "";
        if (SessionState.PSVariable.GetValue("PSStyle") is not { } style)
            return null;
        PSObject all = PSObject.AsPSObject(style);
        if (all.Properties["Background"]?.Value is not { } background || all.Properties["Foreground"]?.Value is not { } foreground)
            return null;
        reset = $"{all.Properties["Reset"]?.Value}";
        string Colour(string name) => $"{PSObject.AsPSObject(background).Properties[name]?.Value}{PSObject.AsPSObject(foreground).Properties["Black"]?.Value}";
        return new()
        {
            [FrameKind.User] = Colour("Yellow"),
            [FrameKind.Kernel] = Colour("BrightBlue"),
            [FrameKind.Generated] = Colour("Green"),
            [FrameKind.Inlined] = Colour("Cyan"),
            [FrameKind.Unknown] = Colour("BrightBlack"),
            [FrameKind.Label] = Colour("White"),
        };
    }
}
