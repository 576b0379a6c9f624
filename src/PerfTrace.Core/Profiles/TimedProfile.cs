using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>Samples with their times and threads, their stacks put into one tree: what the formats of other viewers are written from.</summary>
public sealed class TimedProfile
{
    private readonly CallTreeBuilder _builder;
    private readonly List<ProfileThread> _threads = [];
    private readonly Dictionary<(string Event, int? Process, int? Thread), ProfileThread> _known = [];

    /// <param name="filter">What of the samples is wanted.</param>
    /// <param name="keepsAddresses">Instructions, not functions, are what stacks are made of; pprof wants them.</param>
    /// <param name="expandsInlined">Inlined functions are frames of their own.</param>
    public TimedProfile(SampleFilter filter, bool keepsAddresses = false, bool expandsInlined = false) => _builder = new CallTreeBuilder(new CallTreeOptions
    {
        Filter = filter,
        Parts = keepsAddresses ? FrameParts.Instruction : FrameParts.Symbol,
        ExpandsInlined = expandsInlined,
    });

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => _threads.Count == 0;

    /// <summary>The events, in the order in which they came; null for folded stacks.</summary>
    public IReadOnlyList<string?> Events => [.. _builder.Trees.Select(static t => t.Event)];

    internal FrameTable Frames => _builder.Frames;

    internal IReadOnlyList<CallTree> Trees => _builder.Trees;

    /// <summary>The threads of each event, in the order in which they came.</summary>
    internal IReadOnlyList<ProfileThread> Threads => _threads;

    /// <summary>The earliest time of all.</summary>
    internal ulong Begin => _threads.SelectMany(static t => t.Samples).Select(static s => s.Time).DefaultIfEmpty().Min();

    public void Add(PerfSample sample)
    {
        int node = _builder.Add(sample, out CallTree? tree);
        if (tree is null)
            return;
        var key = (sample.EventName, sample.ProcessId, sample.ThreadId);
        if (!_known.TryGetValue(key, out ProfileThread? thread))
        {
            _known.Add(key, thread = new ProfileThread(tree, sample.ProcessId ?? 0, sample.ThreadId ?? 0));
            _threads.Add(thread);
        }
        // The last name is the one after exec.
        thread.Name = sample.CommandName ?? thread.Name;
        thread.Samples.Add(new ProfileThread.Sample(sample.TimestampNanoseconds ?? 0, node, sample.Period, sample.Cpu ?? 0));
    }

    /// <summary>A folded stack has no time: stacks stand one after another, each as long as its count.</summary>
    public void Add(FoldedStack stack)
    {
        int node = _builder.Add(stack, out CallTree? tree);
        if (tree is null)
            return;
        if (!_known.TryGetValue(("", null, null), out ProfileThread? thread))
        {
            _known.Add(("", null, null), thread = new ProfileThread(tree, 0, 0) { Name = "folded stacks" });
            _threads.Add(thread);
        }
        ulong time = thread.Samples is [.., var last] ? last.Time + (ulong)last.Weight : 0;
        thread.Samples.Add(new ProfileThread.Sample(time, node, stack.Count, 0));
    }
}
