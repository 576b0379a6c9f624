using System.Diagnostics;
using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// The names of threads and the processes they are of, as the kernel noted them when it recorded (<c>saved_cmdlines</c>, <c>saved_tgids</c>), or else
/// from procfs.
/// </summary>
internal sealed class TraceTasks(TracingDirectory directory)
{
    /// <summary>A thread's name changes when it runs another program.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);

    /// <summary>Unknown threads make the files be read again, no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private const string RecordProcesses = "options/record-tgid";

    private readonly TracingDirectory _top = directory.Top;
    private readonly Dictionary<int, string?> _names = [];
    private readonly Dictionary<int, int> _processes = [];
    private readonly Dictionary<int, string> _idle = [];
    private long _readAt;

    /// <summary>The name of a thread; null when nobody knows it any more.</summary>
    public string? NameOf(int threadId, int cpu)
    {
        if (threadId == 0)
            return IdleName(cpu);
        if (_names.TryGetValue(threadId, out string? name))
            return name;
        if (RefreshAfter(Pause) && _names.TryGetValue(threadId, out name))
            return name;
        name = ProcessFacts.CommandNameOf(_top.Paths, threadId);
        _names.Add(threadId, name);
        return name;
    }

    /// <summary>The process of a thread; -1 when nobody knows it any more.</summary>
    public int ProcessOf(int threadId)
    {
        if (threadId == 0)
            return 0;
        if (!_processes.TryGetValue(threadId, out int process))
            _processes.Add(threadId, process = ProcessFacts.ProcessOf(_top.Paths, threadId) ?? -1);
        return process;
    }

    /// <summary>Reads the files again if what is known is old. Called when there are new records.</summary>
    public void Refresh() => RefreshAfter(Freshness);

    internal static IEnumerable<(int Id, string Text)> Parse(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0 && int.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                yield return (id, line[(blank + 1)..]);
        }
    }

    private bool RefreshAfter(TimeSpan age)
    {
        if (_readAt != 0 && Stopwatch.GetElapsedTime(_readAt) < age)
            return false;
        _names.Clear();
        _processes.Clear();
        foreach ((int id, string name) in Parse(ReadIfThere("saved_cmdlines")))
            _names[id] = name;
        // Once the kernel has noted processes, the file stays as it was when it stopped: its numbers are others' now.
        foreach ((int id, string process) in Parse(IsNotingProcesses() ? ReadIfThere("saved_tgids") : ""))
        {
            if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                _processes[id] = number;
        }
        _readAt = Stopwatch.GetTimestamp();
        return true;
    }

    private bool IsNotingProcesses() => ReadIfThere(directory, RecordProcesses) == "1" || ReadIfThere(_top, RecordProcesses) == "1";

    private string ReadIfThere(string file) => ReadIfThere(_top, file);

    private static string ReadIfThere(TracingDirectory directory, string file)
    {
        try
        {
            return directory.ReadText(file);
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT)
        {
            return "";
        }
    }

    private string IdleName(int cpu)
    {
        if (!_idle.TryGetValue(cpu, out string? name))
            _idle.Add(cpu, name = string.Create(CultureInfo.InvariantCulture, $"swapper/{cpu}"));
        return name;
    }
}
