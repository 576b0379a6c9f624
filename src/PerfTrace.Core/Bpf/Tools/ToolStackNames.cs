using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>Frames for the addresses of call stacks that were counted in the kernel: with what the processes had mapped when they were met.</summary>
internal sealed class ToolStackNames
{
    private readonly SystemPaths _paths;
    private readonly RecordedModules _modules;
    private readonly RecordedTasks _tasks;
    private readonly RecordedKernel _kernel;
    private readonly HashSet<int> _met = [];
    private readonly Dictionary<(ulong Address, bool IsKernel), StackFrame> _unknown = [];

    public ToolStackNames(SymbolStore symbols, SystemPaths paths)
    {
        _paths = paths;
        _modules = new RecordedModules(symbols);
        _tasks = new RecordedTasks(_modules);
        _kernel = new RecordedKernel(_modules);
    }

    /// <summary>A process has been seen: what it has mapped is noted.</summary>
    public void Meet(int processId)
    {
        if (_met.Add(processId))
            Read(processId);
    }

    /// <summary>Notes what processes that are still there have mapped since.</summary>
    public void Refresh()
    {
        foreach (int processId in _met)
            Read(processId);
    }

    public StackFrame OfKernel(ulong address, bool isCaller) => _kernel.Frame(address, isCaller) ?? Unknown(address, isKernel: true);

    public StackFrame OfUser(int processId, ulong address, bool isCaller) => _tasks.TableOf(processId).Frame(address, isKernel: false, isCaller) ?? Unknown(address, isKernel: false);

    private StackFrame Unknown(ulong address, bool isKernel)
    {
        if (!_unknown.TryGetValue((address, isKernel), out StackFrame? frame))
            _unknown.Add((address, isKernel), frame = new StackFrame(address, _modules.Unknown, address, isKernel, isCaller: false));
        return frame;
    }

    // Lines of proc_pid_maps(5): "7f0c4000-7f0c6000 r-xp 00001000 fe:00 1234        /usr/lib/libc.so.6". Of a jitdump file only the page that tells of it is mapped.
    private void Read(int processId)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(_paths.Proc, processId.ToString(CultureInfo.InvariantCulture), "maps"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // it has ended, or is not ours to look at: its addresses stay numbers
        }
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 5 || parts[1].Length < 3 || parts[1][2] != 'x' || parts[0].IndexOf('-', StringComparison.Ordinal) is not (> 0 and var dash)
                || !TryHexadecimal(parts[0].AsSpan(0, dash), out ulong start) || !TryHexadecimal(parts[0].AsSpan(dash + 1), out ulong end)
                || !TryHexadecimal(parts[2], out ulong offset) || end <= start)
                continue;
            string path = parts.Length > 5 ? parts[5].Trim() : "//anon";
            if (_tasks.TableOf(processId).Find(start) is { } known && known.Start == start && known.End == end)
                continue; // nothing new
            _tasks.Map(processId, path, start, end - start, offset, null);
        }
    }

    private static bool TryHexadecimal(ReadOnlySpan<char> text, out ulong value) => ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
}
