using System.Text.Json;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// What a session has changed in places that do not bear its name (the top level, others' instances, probes of a group of one's own), written to a
/// file as it happens: when the session is killed, another one reads there how it was before.
/// </summary>
/// <remarks>
/// The file is <c>perftrace/perftrace_PID_START_journal</c> in <c>/run</c>, for other users than root in <c>$XDG_RUNTIME_DIR</c>: both go with the
/// boot, as all in tracefs does, and nobody else can write there. It is there only while there is something to put back.
/// </remarks>
internal sealed class SessionJournal(SystemPaths paths, TraceOwner owner)
{
    private const string FolderName = "perftrace", FileSuffix = "journal";

    private readonly Lock _gate = new();
    private readonly HashSet<int> _open = [];
    private int _count;

    /// <summary>Where journals are; null when this user has no such place.</summary>
    public static string? FolderOf(SystemPaths paths) => paths.Runtime is { } runtime ? Path.Combine(runtime, FolderName) : null;

    /// <summary>Writes down how something is put back, before it is changed.</summary>
    /// <returns>The entry's number; 0 when it could not be written, because there is no place for it or that is full or read-only.</returns>
    public int Add(string description, TracingDirectory directory, IReadOnlyList<TraceWrite> writes) =>
        Add(id => new JournalEntry(id, description, directory.Instance, writes));

    /// <summary>Writes down that a probe is the session's.</summary>
    /// <inheritdoc cref="Add(string, TracingDirectory, IReadOnlyList{TraceWrite})"/>
    public int AddProbe(string description, string name) => Add(id => new JournalEntry(id, description, Probe: name));

    /// <summary>What the entry says has been done, or is not to be done any more.</summary>
    public void Done(int id)
    {
        lock (_gate)
        {
            if (!_open.Remove(id))
                return;
            if (_open.Count > 0)
                Write(new JournalEntry(id, IsDone: true));
            else
                Delete(paths, owner);
        }
    }

    /// <summary>All entries that are not done, of all sessions, the latest of each first.</summary>
    public static IEnumerable<(TraceOwner Owner, JournalEntry Entry)> List(SystemPaths paths)
    {
        if (FolderOf(paths) is not { } folder || !Directory.Exists(folder))
            yield break;
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (!TraceOwner.TryParse(Path.GetFileName(path), out TraceOwner? owner, out string? rest) || rest != FileSuffix)
                continue;
            foreach (JournalEntry entry in Read(path))
                yield return (owner, entry);
        }
    }

    /// <summary>An entry of another session has been undone.</summary>
    public static void Done(SystemPaths paths, TraceOwner owner, int id)
    {
        if (PathOf(paths, owner) is not { } path)
            return;
        if (Read(path).Any(e => e.Id != id))
            Append(path, new JournalEntry(id, IsDone: true));
        else
            Delete(paths, owner);
    }

    private int Add(Func<int, JournalEntry> make)
    {
        lock (_gate)
        {
            int id = ++_count;
            if (!Write(make(id)))
                return 0;
            _open.Add(id);
            return id;
        }
    }

    private bool Write(JournalEntry entry) => PathOf(paths, owner) is { } path && Append(path, entry);

    private static string? PathOf(SystemPaths paths, TraceOwner owner) =>
        FolderOf(paths) is { } folder ? Path.Combine(folder, owner.NameOf(FileSuffix)) : null;

    // What is asked for is not refused because the note could not be taken: an ordinary end undoes it all the same.
    private static bool Append(string path, JournalEntry entry)
    {
        if (!OperatingSystem.IsLinux())
            return false; // the modes of files below are Unix's
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0, // a line is one write: it is there whole or not at all
            });
            file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, JournalFormat.Default.JournalEntry), (byte)'\n']);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Delete(SystemPaths paths, TraceOwner owner)
    {
        try
        {
            if (PathOf(paths, owner) is { } path)
                File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has tidied up.
        }
    }

    private static List<JournalEntry> Read(string path)
    {
        var entries = new Dictionary<int, JournalEntry>();
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return []; // its session has ended meanwhile
        }
        foreach (string line in lines)
        {
            if (Parse(line) is not { IsSound: true } entry)
                continue;
            if (entry.IsDone)
                entries.Remove(entry.Id);
            else
                entries[entry.Id] = entry;
        }
        return [.. entries.Values.OrderByDescending(static e => e.Id)];
    }

    // Half a line is what a full disk leaves.
    private static JournalEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalFormat.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
