using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>Export-PerfProfile: samples as a file that pprof, speedscope, the Firefox Profiler or Chrome's and Perfetto's viewers read.</summary>
[Cmdlet(VerbsData.Export, "PerfProfile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPerfProfileCommand : ProfileCommand
{
    private TimedProfile? _profile;

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

    /// <summary>The format; it has no default, as the name of the file does not tell it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ProfileFormat Format { get; set; }

    /// <summary>What the viewer calls it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "PerfTrace";

    /// <summary>Refuses to replace a file.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Gives out the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[] Recordings => InputPath;

    protected override void BeginProcessing() => _profile = new TimedProfile(Filter, ProfileExport.NeedsAddresses(Format), Inline);

    protected override void Take(PerfSample sample) => _profile!.Add(sample);

    protected override void Take(FoldedStack stack) => _profile!.Add(stack);

    protected override void Finish()
    {
        if (_profile!.IsEmpty)
        {
            WriteNoSamples();
            return;
        }
        FileInfo? file = ExportFile.Write(this, TypedPath.Full(this, Path), NoClobber, $"Write a profile in the format {Format}", stream => ProfileExport.Write(stream, _profile, Format, Title));
        if (PassThru && file is not null)
            WriteObject(file);
    }
}
