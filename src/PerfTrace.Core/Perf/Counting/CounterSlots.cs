using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Where a target is counted, and the rows of results that this makes. Owns the descriptors of control groups.</summary>
internal sealed class CounterSlots : IDisposable
{
    private readonly List<FileDescriptor> _cgroups = [];
    private readonly List<CounterRow> _rows = [];
    private readonly Dictionary<CounterRow, int> _rowIndex = [];
    private readonly List<CounterSlot> _slots = [];
    private readonly SystemPaths _paths;
    private readonly CpuTopology _topology;
    private readonly CounterAggregation _aggregation;

    private CounterSlots(SystemPaths paths, CounterAggregation aggregation)
    {
        _paths = paths;
        _topology = new CpuTopology(paths);
        _aggregation = aggregation;
    }

    public IReadOnlyList<CounterSlot> Slots => _slots;

    public IReadOnlyList<CounterRow> Rows => _rows;

    /// <summary>The processes to wait for.</summary>
    public IReadOnlyList<int> Processes { get; private set; } = [];

    private bool IsPerCpu => _aggregation is CounterAggregation.Cpu or CounterAggregation.Core or CounterAggregation.Socket;

    /// <param name="target">Whom to count.</param>
    /// <param name="childId">The process that was started for a command.</param>
    /// <param name="aggregation">What one row is.</param>
    /// <param name="paths">procfs and sysfs.</param>
    /// <param name="problem">Hears of processes and control groups that are not there.</param>
    public static CounterSlots Create(CounterTarget target, int? childId, CounterAggregation aggregation, SystemPaths paths, Action<CounterProblem>? problem)
    {
        var slots = new CounterSlots(paths, aggregation);
        try
        {
            slots.Add(target, childId, problem);
            return slots;
        }
        catch
        {
            slots.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (FileDescriptor cgroup in _cgroups)
            cgroup.Dispose();
        _cgroups.Clear();
    }

    private void Add(CounterTarget target, int? childId, Action<CounterProblem>? problem)
    {
        switch (target)
        {
            case CounterTarget.Command command:
                AddTask(childId!.Value, new CounterRow(ProcessId: childId, CommandName: Path.GetFileName(command.Name)));
                break;
            case CounterTarget.CallingThread:
                int self = SystemCalls.GetThreadId();
                AddTask(0, new CounterRow(Environment.ProcessId, self, ProcessFacts.CommandNameOf(_paths, self)));
                break;
            case CounterTarget.Processes processes:
                AddProcesses(processes.Ids, problem);
                break;
            case CounterTarget.Threads threads:
                foreach (int id in threads.Ids)
                {
                    int? process = ProcessFacts.ProcessOf(_paths, id);
                    if (process is null)
                        problem?.Invoke(Missing("ThreadNotFound", id, "thread"));
                    else
                        AddTask(id, new CounterRow(process, id, ProcessFacts.CommandNameOf(_paths, id)));
                }
                break;
            case CounterTarget.Cpus cpus:
                foreach (int cpu in cpus.Set)
                    AddSlot(-1, cpu, isCGroup: false, new CounterRow());
                break;
            case CounterTarget.CGroups groups:
                foreach (string name in groups.Names)
                    AddCGroup(name, groups.Set, problem);
                break;
        }
    }

    private void AddProcesses(IReadOnlyList<int> ids, Action<CounterProblem>? problem)
    {
        var found = new List<int>();
        foreach (int id in ids.Distinct())
        {
            IReadOnlyList<int> threads = ProcessFacts.ThreadsOf(_paths, id);
            string? name = ProcessFacts.CommandNameOf(_paths, id);
            if (threads.Count == 0 || name is null)
            {
                problem?.Invoke(Missing("ProcessNotFound", id, "process"));
                continue;
            }
            found.Add(id);
            foreach (int thread in threads)
            {
                AddTask(thread, _aggregation == CounterAggregation.Thread
                    ? new CounterRow(id, thread, ProcessFacts.CommandNameOf(_paths, thread) ?? name)
                    : new CounterRow(id, null, name));
            }
        }
        Processes = found;
    }

    private void AddCGroup(string name, CpuSet cpus, Action<CounterProblem>? problem)
    {
        string? directory = ControlGroup.FindDirectory(_paths, name);
        if (directory is null)
        {
            string hierarchy = ControlGroup.FindHierarchy(_paths) ?? "/sys/fs/cgroup";
            problem?.Invoke(new CounterProblem("CGroupNotFound", name, new DirectoryNotFoundException($"There is no control group '{name}' under {hierarchy}.")));
            return;
        }
        FileDescriptor fd = FileDescriptor.Open(directory);
        _cgroups.Add(fd);
        foreach (int cpu in cpus)
            AddSlot(fd.Number, cpu, isCGroup: true, new CounterRow(CGroup: name));
    }

    private void AddTask(int id, CounterRow row)
    {
        if (!IsPerCpu)
        {
            AddSlot(id, -1, isCGroup: false, row);
            return;
        }
        foreach (int cpu in _topology.Online)
            AddSlot(id, cpu, isCGroup: false, row);
    }

    private void AddSlot(int pid, int cpu, bool isCGroup, CounterRow row)
    {
        row = _aggregation switch
        {
            CounterAggregation.Cpu => row with { Cpu = cpu, Core = Known(_topology.CoreOf(cpu)), Socket = Known(_topology.SocketOf(cpu)) },
            CounterAggregation.Core => row with { Core = Known(_topology.CoreOf(cpu)), Socket = Known(_topology.SocketOf(cpu)) },
            CounterAggregation.Socket => row with { Socket = Known(_topology.SocketOf(cpu)) },
            _ => row,
        };
        if (!_rowIndex.TryGetValue(row, out int index))
        {
            index = _rows.Count;
            _rows.Add(row);
            _rowIndex.Add(row, index);
        }
        _slots.Add(new CounterSlot(pid, cpu, isCGroup, index));
    }

    private static int? Known(int id) => id < 0 ? null : id;

    private static CounterProblem Missing(string problem, int id, string what) =>
        new(problem, id, new KernelTargetGoneException(Errno.ESRCH, "perf_event_open", string.Create(CultureInfo.InvariantCulture, $"{what} {id}")));
}
