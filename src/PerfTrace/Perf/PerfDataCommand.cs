using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>What commands that read perf.data files have in common: which files, and one error for each that can not be read.</summary>
public abstract class PerfDataCommand : PerfTraceCommand
{
    /// <summary>The parameter sets of the files' names.</summary>
    protected const string PathSet = "Path", LiteralPathSet = "LiteralPath";

    /// <summary>Files; wildcards in their names. <c>-</c> is the standard input.</summary>
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
            foreach (string file in FilesOf(path))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                TryRead(file);
            }
        }
    }

    /// <summary>Reads a file and writes what it has.</summary>
    protected abstract void Read(string file);

    private string[] FilesOf(string path)
    {
        if (path == PerfDataStream.StandardInput)
            return [path];
        string full = GetUnresolvedProviderPathFromPSPath(path);
        return ParameterSetName == PathSet ? Matching(full) : [full];
    }

    /// <summary>Files by wildcards in their names. None is no error, as with Get-ChildItem. Without wildcards it is one file, which may not be there.</summary>
    internal static string[] Matching(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        if (path == PerfDataStream.StandardInput || !WildcardPattern.ContainsWildcardCharacters(name))
            return [WildcardPattern.Unescape(path)];
        string folder = WildcardPattern.Unescape(System.IO.Path.GetDirectoryName(path) ?? "/");
        if (!Directory.Exists(folder))
            return [];
        WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.None);
        return [.. Directory.EnumerateFiles(folder).Where(f => pattern.IsMatch(System.IO.Path.GetFileName(f))).Order(StringComparer.Ordinal)];
    }

    private void TryRead(string file)
    {
        try
        {
            Read(file);
        }
        catch (Exception e) when (e is PerfDataException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            WriteProblem(e is PerfDataException damage ? damage.In(file) : e, file);
        }
    }
}
