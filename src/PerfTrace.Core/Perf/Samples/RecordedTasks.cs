using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>The processes and threads of a recording as its records tell of them: their names, what they have mapped, who is whose child.</summary>
internal sealed class RecordedTasks(RecordedModules modules)
{
    /// <summary>An ended thread may still be spoken of: so many are kept, and those that did not end.</summary>
    private const int MostEnded = 1 << 16;

    // PERF_RECORD_MISC_COMM_EXEC
    private const int ExecFlag = 1 << 13;

    // PERF_RECORD_MISC_FORK_EXEC, of the records that recorders make: the mappings are told, too.
    private const int OwnMappingsFlag = 1 << 13;

    private readonly Dictionary<int, string?> _names = new() { [0] = "swapper" };
    private readonly Dictionary<int, Process> _processes = [];
    private readonly Queue<(int Process, int Thread, long Exit)> _ended = new();

    // The last exit of each thread that has ended: its number is given to another one later.
    private readonly Dictionary<int, long> _exits = [];
    private long _exit;

    private sealed class Process(MappingTable table)
    {
        public readonly MappingTable Table = table;
        public string? JitDump;
    }

    /// <summary>The name of a thread at this point; null when nothing has told it.</summary>
    public string? NameOf(int threadId) => _names.GetValueOrDefault(threadId);

    /// <summary>What a process has mapped at this point.</summary>
    public MappingTable TableOf(int processId) => Get(processId).Table;

    /// <summary>A file or memory was mapped to be run.</summary>
    public void Map(int processId, string path, ulong start, ulong length, ulong offset, string? buildId)
    {
        Process process = Get(processId);
        // A runtime that writes a jitdump maps a page of it, for recorders to hear of the file.
        if (Path.GetFileName(path) is var name && name.StartsWith("jit-", StringComparison.Ordinal) && name.EndsWith(".dump", StringComparison.Ordinal))
            process.JitDump = path;
        (CodeModule module, bool isByAddress) = modules.OfUser(path, buildId, processId, process.JitDump);
        process.Table.Add(start, length, isByAddress ? 0 : start - offset, module);
    }

    /// <summary>PERF_RECORD_COMM: struct { header; u32 pid, tid; char comm[]; sample_id }.</summary>
    public void Name(PerfDataBytes record, int trailer)
    {
        const int NameOffset = 16;
        int processId = (int)record.Word32(8);
        Begin((int)record.Word32(12), record.Text(NameOffset, Math.Max(0, record.Length - NameOffset - trailer)));
        // What it had mapped stays until something else takes its place: samples of the execve(2) itself still are of the program before.
        if ((record.Word16(4) & ExecFlag) != 0 && _processes.TryGetValue(processId, out Process? process))
            process.JitDump = null;
    }

    /// <summary>PERF_RECORD_FORK: struct { header; u32 pid, ppid, tid, ptid; u64 time; sample_id }: a thread begins with its parent's name, a process with its mappings.</summary>
    public void Fork(PerfDataBytes record)
    {
        int processId = (int)record.Word32(8), parentId = (int)record.Word32(12);
        Begin((int)record.Word32(16), NameOf((int)record.Word32(20)));
        if (processId != parentId && (record.Word16(4) & OwnMappingsFlag) == 0 && _processes.TryGetValue(parentId, out Process? parent))
            _processes[processId] = new Process(parent.Table.Copy());
    }

    /// <summary>PERF_RECORD_EXIT: the same structure.</summary>
    public void Exit(PerfDataBytes record)
    {
        int ended = (int)record.Word32(16);
        _ended.Enqueue(((int)record.Word32(8), ended, ++_exit));
        _exits[ended] = _exit;
        if (_ended.Count <= MostEnded)
            return;
        (int process, int thread, long exit) = _ended.Dequeue();
        if (_exits.GetValueOrDefault(thread) != exit)
            return; // somebody else has its number now
        _exits.Remove(thread);
        _names.Remove(thread);
        if (process == thread)
            _processes.Remove(process);
    }

    private void Begin(int threadId, string? name)
    {
        _names[threadId] = name;
        _exits.Remove(threadId);
    }

    private Process Get(int processId)
    {
        if (!_processes.TryGetValue(processId, out Process? process))
            _processes.Add(processId, process = new Process(new MappingTable()));
        return process;
    }
}
