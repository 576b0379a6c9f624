using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Get-PerfDataInfo: what a perf.data file is and has.</summary>
[Cmdlet(VerbsCommon.Get, "PerfDataInfo", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfDataInfo))]
public sealed class GetPerfDataInfoCommand : PerfTraceCommand
{
    private const string PathSet = "Path", LiteralPathSet = "LiteralPath";

    /// <summary>Files; wildcards in their names.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["perf.data"];

    /// <summary>Files, by exactly these names.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("FullName", "PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string path in ParameterSetName == PathSet ? Path : LiteralPath)
        {
            string full = GetUnresolvedProviderPathFromPSPath(path);
            foreach (string file in ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(path) ? Matching(full) : [full])
            {
                if (StopToken.IsCancellationRequested)
                    return;
                Write(file);
            }
        }
    }

    // None is no error, as with Get-ChildItem.
    private static string[] Matching(string path)
    {
        string? folder = System.IO.Path.GetDirectoryName(path);
        if (folder is null || !Directory.Exists(folder))
            return [];
        WildcardPattern pattern = WildcardPattern.Get(System.IO.Path.GetFileName(path), WildcardOptions.None);
        return [.. Directory.EnumerateFiles(folder).Where(f => pattern.IsMatch(System.IO.Path.GetFileName(f))).Order(StringComparer.Ordinal)];
    }

    private void Write(string file)
    {
        try
        {
            if (Directory.Exists(file))
                throw new NotSupportedException($"'{file}' is a directory, not a file. (perf record --threads writes directories; the files in them are no perf.data of their own.)");
            var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            PerfDataInfo info = PerfDataInspector.Read(stream, file, out PerfDataException? problem, StopToken);
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(info);
            if (problem is not null)
                WriteProblem(problem, file);
        }
        catch (Exception e) when (e is PerfDataException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            WriteProblem(e, file);
        }
    }
}
