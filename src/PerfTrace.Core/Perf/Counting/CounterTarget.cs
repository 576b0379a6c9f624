using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Whom to count.</summary>
public abstract record CounterTarget
{
    private CounterTarget()
    {
    }

    /// <summary>In one line, for people: <c>command sh -c true</c>, <c>processes 1, 2</c>, <c>CPUs 0-3</c>.</summary>
    public abstract override string ToString();

    private static string Listed(string one, string several, IReadOnlyList<string> names) => $"{(names.Count == 1 ? one : several)} {string.Join(", ", names)}";

    private static string Listed(string one, string several, IReadOnlyList<int> ids) => Listed(one, several, [.. ids.Select(static id => $"{id}")]);

    private static string Listed(CpuSet cpus) => $"{(cpus.Count == 1 ? "CPU" : "CPUs")} {cpus}";

    /// <summary>A program that is started, from its exec on, with its children unless that is switched off.</summary>
    /// <param name="Name">A path, or a name that is looked up in PATH.</param>
    /// <param name="Arguments">Its arguments, without its own name.</param>
    /// <param name="WorkingDirectory">Where it starts.</param>
    public sealed record Command(string Name, IReadOnlyList<string> Arguments, string WorkingDirectory) : CounterTarget
    {
        public override string ToString() => $"command {string.Join(' ', Arguments.Prepend(Name).Select(Quote))}";

        // As a shell takes it; a line break would end the line.
        private static string Quote(string word) =>
            word.Length > 0 && !word.Any(static c => char.IsWhiteSpace(c) || c is '\'' or '"') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal).ReplaceLineEndings(" ")}'";
    }

    /// <summary>Running processes with all their threads, and the threads and children that these start from now on.</summary>
    public sealed record Processes(IReadOnlyList<int> Ids) : CounterTarget
    {
        public override string ToString() => Listed("process", "processes", Ids);
    }

    /// <summary>Running threads.</summary>
    public sealed record Threads(IReadOnlyList<int> Ids) : CounterTarget
    {
        public override string ToString() => Listed("thread", "threads", Ids);
    }

    /// <summary>The calling thread.</summary>
    public sealed record CallingThread : CounterTarget
    {
        public override string ToString() => "the calling thread";
    }

    /// <summary>CPUs, whatever runs on them.</summary>
    public sealed record Cpus(CpuSet Set) : CounterTarget
    {
        public override string ToString() => Listed(Set);
    }

    /// <summary>Control groups with what is below them.</summary>
    /// <param name="Names">Paths below the hierarchy.</param>
    /// <param name="Set">On these CPUs.</param>
    public sealed record CGroups(IReadOnlyList<string> Names, CpuSet Set) : CounterTarget
    {
        public override string ToString() => $"{Listed("control group", "control groups", Names)} on {Listed(Set)}";
    }
}
