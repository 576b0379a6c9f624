using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Whom to count.</summary>
public abstract record CounterTarget
{
    private CounterTarget()
    {
    }

    /// <summary>A program that is started, from its exec on, with its children unless that is switched off.</summary>
    /// <param name="Name">A path, or a name that is looked up in PATH.</param>
    /// <param name="Arguments">Its arguments, without its own name.</param>
    /// <param name="WorkingDirectory">Where it starts.</param>
    public sealed record Command(string Name, IReadOnlyList<string> Arguments, string WorkingDirectory) : CounterTarget;

    /// <summary>Running processes with all their threads, and the threads and children that these start from now on.</summary>
    public sealed record Processes(IReadOnlyList<int> Ids) : CounterTarget;

    /// <summary>Running threads.</summary>
    public sealed record Threads(IReadOnlyList<int> Ids) : CounterTarget;

    /// <summary>The calling thread.</summary>
    public sealed record CallingThread : CounterTarget;

    /// <summary>CPUs, whatever runs on them.</summary>
    public sealed record Cpus(CpuSet Set) : CounterTarget;

    /// <summary>Control groups with what is below them.</summary>
    /// <param name="Names">Paths below the hierarchy.</param>
    /// <param name="Set">On these CPUs.</param>
    public sealed record CGroups(IReadOnlyList<string> Names, CpuSet Set) : CounterTarget;
}
