using System.Buffers.Binary;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// The names of threads over time: PERF_RECORD_COMM, FORK and EXIT tell of changes, procfs of threads that were there before.
/// </summary>
internal sealed class TaskNames(SystemPaths paths)
{
    /// <summary>An ended thread may still be spoken of (sched_process_free): so many of their names are kept.</summary>
    private const int MostEnded = 4096;

    private readonly Dictionary<int, string?> _names = [];
    private readonly Queue<int> _ended = new();
    private readonly Dictionary<int, string> _idle = [];
    private int _lastThread = -1;
    private string? _lastName;

    /// <summary>The name of a thread at this point of the stream; null when it has gone before anyone asked.</summary>
    public string? Of(int threadId, int cpu)
    {
        if (threadId == 0)
            return IdleName(cpu);
        if (threadId == _lastThread)
            return _lastName;
        if (!_names.TryGetValue(threadId, out string? name))
        {
            name = ProcessFacts.CommandNameOf(paths, threadId);
            _names.Add(threadId, name);
        }
        _lastThread = threadId;
        _lastName = name;
        return name;
    }

    /// <summary>Notes the name of a thread that is there before the stream begins: when its first event is read it may be gone.</summary>
    public void Learn(int threadId)
    {
        if (ProcessFacts.CommandNameOf(paths, threadId) is { } name)
            Set(threadId, name);
    }

    /// <summary>struct { header; u32 pid, tid; char comm[]; sample_id }.</summary>
    public void Comm(ReadOnlySpan<byte> record)
    {
        if (record.Length < 16)
            return;
        ReadOnlySpan<byte> name = record[16..];
        int end = name.IndexOf((byte)0);
        Set(BinaryPrimitives.ReadInt32LittleEndian(record[12..]), Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
    }

    /// <summary>struct { header; u32 pid, ppid, tid, ptid; u64 time; sample_id }: a thread begins with its parent's name.</summary>
    public void Fork(ReadOnlySpan<byte> record, int cpu)
    {
        if (record.Length >= 24)
            Set(BinaryPrimitives.ReadInt32LittleEndian(record[16..]), Of(BinaryPrimitives.ReadInt32LittleEndian(record[20..]), cpu));
    }

    /// <summary>The same structure.</summary>
    public void Exit(ReadOnlySpan<byte> record)
    {
        if (record.Length < 24)
            return;
        _ended.Enqueue(BinaryPrimitives.ReadInt32LittleEndian(record[16..]));
        if (_ended.Count > MostEnded && _ended.Dequeue() is var oldest)
        {
            _names.Remove(oldest); // if the number is in use again, procfs tells the name
            _lastThread = -1;
        }
    }

    private void Set(int threadId, string? name)
    {
        _names[threadId] = name;
        _lastThread = -1;
    }

    private string IdleName(int cpu)
    {
        if (!_idle.TryGetValue(cpu, out string? name))
            _idle.Add(cpu, name = $"swapper/{cpu}");
        return name;
    }
}
