using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>What cmdlets on recordings of this session have in common: which of them.</summary>
public abstract class PerfRecordCommand : PerfTraceCommand
{
    protected const string ObjectSet = "InputObject", IdSet = "Id", PathSet = "Path";

    /// <summary>Recordings by their numbers.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PerfRecordIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>Recordings by their files; wildcards are taken.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ValidateWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The recordings that were asked for; an error is written for each that is not there.</summary>
    protected IEnumerable<PerfRecording> Selected()
    {
        IReadOnlyList<PerfRecording> all = PerfRecordings.List();
        foreach (int id in Id)
        {
            if (all.FirstOrDefault(r => r.Id == id) is { } found)
                yield return found;
            else
                WriteNotFound($"This session has no recording {id}; Get-PerfRecord lists those that it has.", id);
        }
        foreach (string path in Path)
        {
            bool hasWildcard = WildcardPattern.ContainsWildcardCharacters(path);
            string full = hasWildcard ? GetUnresolvedProviderPathFromPSPath(path) : TypedPath.Full(this, path);
            WildcardPattern pattern = WildcardPattern.Get(full, WildcardOptions.None);
            PerfRecording[] found = [.. all.Where(r => hasWildcard ? pattern.IsMatch(r.Path) : r.Path == full)];
            if (found.Length == 0 && !hasWildcard)
                WriteNotFound($"This session has no recording into {full}; Get-PerfRecord lists those that it has.", path);
            foreach (PerfRecording recording in found)
                yield return recording;
        }
    }

    /// <summary>Writes a recording that has ended, and what there is to say of it.</summary>
    protected void WriteEnded(PerfRecording recording)
    {
        foreach (string warning in recording.Warnings)
            WriteWarning(warning);
        WriteObject(recording);
        if (recording.Error is not null)
            WriteProblem(recording.Error, recording.Path);
    }

    private void WriteNotFound(string message, object target) =>
        WriteError(new ErrorRecord(new KeyNotFoundException(message), "RecordingNotFound", ErrorCategory.ObjectNotFound, target));
}
