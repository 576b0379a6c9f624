using System.Management.Automation;
using System.Text;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Export-FlameGraph: samples as one SVG file that zooms and searches in a browser.</summary>
[Cmdlet(VerbsData.Export, "FlameGraph", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportFlameGraphCommand : FlameGraphCommand
{
    /// <summary>The recordings to read: perf.data files; wildcards in their names.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] InputPath { get; set; } = [DefaultPath];

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Refuses to replace a file.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Gives out the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[] Recordings => InputPath;

    private protected override void Draw(CallTree tree, FlameGraphOptions look)
    {
        FileInfo? file = ExportFile.Write(this, TypedPath.Full(this, Path), NoClobber, "Write a flame graph", stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            FlameGraph.Write(writer, tree, look);
        });
        if (PassThru && file is not null)
            WriteObject(file);
    }
}
