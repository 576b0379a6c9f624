using System.Globalization;
using System.Numerics;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// Records of what was there before the recording began, as if the kernel had told of it: its own code, its modules and BPF programs, the processes with their names,
/// threads and mapped code. Without them the samples could not be understood.
/// </summary>
internal sealed class ProcessRecords
{
    // PERF_RECORD_MISC_* of include/uapi/linux/perf_event.h. FORK_EXEC: the child has its own mappings, none are to be copied to it.
    private const ushort KernelMode = 1, UserMode = 2, MapOfData = 1 << 13, ForkExec = 1 << 13;
    private const int FlushSize = 256 << 10;

    private readonly RecordBuffer _buffer = new();
    private readonly SystemPaths _paths;
    private readonly Action<ReadOnlySpan<byte>> _output;
    private readonly MappedFiles? _files;
    private readonly int _trailer;
    private readonly bool _hasData;
    private readonly BpfSections _programs;

    /// <param name="paths">procfs.</param>
    /// <param name="first">The first event, whose records the made ones are like.</param>
    /// <param name="output">Gets one or several whole records.</param>
    /// <param name="files">Remembers what is mapped; null when nobody needs to know.</param>
    /// <param name="programs">Remembers what BPF programs there are, likewise.</param>
    public ProcessRecords(SystemPaths paths, PerfDataAttribute first, Action<ReadOnlySpan<byte>> output, MappedFiles? files = null, BpfSections? programs = null)
    {
        _paths = paths;
        _output = output;
        _files = files;
        _programs = programs ?? new BpfSections();
        _trailer = TrailerSize(first.SampleType);
        _hasData = (first.SampleType & PerfSampleFormat.UserStack) != 0;
    }

    /// <summary>The size of struct sample_id: a word each for tid, time, id, stream, cpu and identifier.</summary>
    public static int TrailerSize(PerfSampleFormat format) => sizeof(ulong) * BitOperations.PopCount((ulong)(format
        & (PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Id | PerfSampleFormat.StreamId | PerfSampleFormat.Cpu | PerfSampleFormat.Identifier)));

    /// <summary>Writes all that a target needs.</summary>
    /// <param name="target">Who is sampled.</param>
    /// <param name="commandId">The process of a command.</param>
    /// <param name="isRunning">The command has had its exec; else it has no mappings of its own yet.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was stopped meanwhile.</exception>
    public void Write(CounterTarget target, int? commandId = null, bool isRunning = false, CancellationToken stop = default)
    {
        WriteKernel(stop);
        switch (target)
        {
            case CounterTarget.Command when commandId is { } running && isRunning:
                WriteProcess(running);
                break;
            // An exec starts the events before it tells of the new name (begin_new_exec() of fs/exec.c): the first samples would have none.
            case CounterTarget.Command command when commandId is { } waiting:
                WriteTask(waiting, waiting, Environment.ProcessId, Path.GetFileName(command.Name));
                break;
            case CounterTarget.Processes processes:
                foreach (int id in processes.Ids.Distinct())
                {
                    stop.ThrowIfCancellationRequested();
                    WriteProcess(id);
                }
                break;
            case CounterTarget.Threads threads:
                foreach (int id in threads.Ids.Select(id => ProcessFacts.ProcessOf(_paths, id)).OfType<int>().Distinct())
                    WriteProcess(id);
                break;
            case CounterTarget.CallingThread:
                WriteProcess(Environment.ProcessId);
                break;
            case CounterTarget.Cpus or CounterTarget.CGroups:
                foreach (int id in ProcessFacts.All(_paths))
                {
                    stop.ThrowIfCancellationRequested();
                    WriteProcess(id);
                }
                break;
        }
        Flush();
    }

    private void WriteKernel(CancellationToken stop)
    {
        KernelImage image = KernelImage.Read(_paths, stop);
        if (image.Text is { } text)
        {
            // The place of _text is what a reader moves the symbols by when the kernel was somewhere else then.
            WriteMap(text.Start, text.End - text.Start, text.Start, "[kernel.kallsyms]_text");
        }
        foreach (KernelImage.Module module in image.Modules)
        {
            WriteMap(module.Start, module.Size, 0, module.Path);
            _files?.AddKernelModule(module.Path, module.Name);
        }
        _programs.Write(_buffer, _trailer, stop);
    }

    // PERF_RECORD_MMAP: struct { header; u32 pid, tid; u64 addr, len, pgoff; char filename[]; sample_id }
    private void WriteMap(ulong start, ulong size, ulong offset, string name) =>
        _buffer.Begin((uint)PerfRecordType.Mmap, KernelMode).Word32(uint.MaxValue).Word32(0).Word64(start).Word64(size).Word64(offset).Text(name, 8).End(_trailer);

    private void WriteProcess(int id)
    {
        try
        {
            string home = Path.Combine(_paths.Proc, id.ToString(CultureInfo.InvariantCulture));
            WriteTask(id, id, ParentOf(home), NameOf(home));
            foreach (int thread in ProcessFacts.ThreadsOf(_paths, id))
            {
                if (thread != id)
                    WriteTask(id, thread, id, NameOf(Path.Combine(home, "task", thread.ToString(CultureInfo.InvariantCulture))));
            }
            WriteMaps(id, KernelFile.ReadText(Path.Combine(home, "maps")));
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH or Errno.EACCES or Errno.EPERM)
        {
            // It ended meanwhile, or its maps are not for this user; its samples then have no symbols.
        }
        if (_buffer.Length >= FlushSize)
            Flush();
    }

    private static string NameOf(string home) => KernelFile.ReadText(Path.Combine(home, "comm")).TrimEnd('\n');

    private static int ParentOf(string home)
    {
        const string Key = "PPid:";
        foreach (string line in KernelFile.ReadText(Path.Combine(home, "status")).Split('\n'))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal))
                return int.Parse(line.AsSpan(Key.Length).Trim(), CultureInfo.InvariantCulture);
        }
        return 0;
    }

    // PERF_RECORD_FORK: struct { header; u32 pid, ppid, tid, ptid; u64 time; sample_id }; PERF_RECORD_COMM: struct { header; u32 pid, tid; char comm[]; sample_id }
    private void WriteTask(int process, int thread, int parent, string name)
    {
        _buffer.Begin((uint)PerfRecordType.Fork, ForkExec).Word32((uint)process).Word32((uint)parent).Word32((uint)thread).Word32((uint)parent).Word64(0).End(_trailer);
        _buffer.Begin((uint)PerfRecordType.Comm, 0).Word32((uint)process).Word32((uint)thread).Text(Short(name), 8).End(_trailer);
    }

    // TASK_COMM_LEN of include/linux/sched.h, the zero included.
    private static string Short(string name)
    {
        const int MostBytes = 15;
        return Encoding.UTF8.GetByteCount(name) <= MostBytes ? name : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name).AsSpan(0, MostBytes)).TrimEnd('\uFFFD');
    }

    // 7f0c4000-7f0c6000 r-xp 00001000 fe:00 1234        /usr/lib/libc.so.6
    private void WriteMaps(int id, string maps)
    {
        const uint Read = 1, Write = 2, Execute = 4, Shared = 1, Private = 2;
        Span<Range> fields = stackalloc Range[6];
        foreach (ReadOnlySpan<char> line in maps.AsSpan().EnumerateLines())
        {
            int count = line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
            if (count < 5 || line[fields[1]] is not { Length: 4 } rights || (rights[2] != 'x' && !_hasData))
                continue;
            ReadOnlySpan<char> range = line[fields[0]], device = line[fields[3]];
            int dash = range.IndexOf('-'), colon = device.IndexOf(':');
            ulong start = Hexadecimal(range[..dash]);
            // The path has spaces perhaps: it is the rest of the line.
            string name = count < 6 ? "//anon" : line[fields[5].Start..].Trim().ToString();
            uint protection = (rights[0] == 'r' ? Read : 0) | (rights[1] == 'w' ? Write : 0) | (rights[2] == 'x' ? Execute : 0);
            // struct { header; u32 pid, tid; u64 addr, len, pgoff; u32 maj, min; u64 ino, ino_generation; u32 prot, flags; char filename[]; sample_id }
            _buffer.Begin((uint)PerfRecordType.Mmap2, (ushort)(UserMode | (rights[2] == 'x' ? 0 : MapOfData))).Word32((uint)id).Word32((uint)id).Word64(start).Word64(Hexadecimal(range[(dash + 1)..]) - start)
                .Word64(Hexadecimal(line[fields[2]])).Word32((uint)Hexadecimal(device[..colon])).Word32((uint)Hexadecimal(device[(colon + 1)..]))
                .Word64(ulong.Parse(line[fields[4]], CultureInfo.InvariantCulture)).Word64(0).Word32(protection).Word32(rights[3] == 's' ? Shared : Private)
                .Text(name, 8).End(_trailer);
            if (rights[2] == 'x')
                _files?.Add(name, id);
        }
    }

    private void Flush()
    {
        if (_buffer.Length > 0)
            _output(_buffer.Span);
        _buffer.Clear();
    }

    private static ulong Hexadecimal(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
