using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Finds the cheapest way to attach a program to tracepoints. Where it does not read their records, raw tracepoints do: the kernel then assembles no record, and taking the program off
/// again waits for no grace period, as it does for each perf event. Many system calls share one raw tracepoint, whose program looks the number up.
/// </summary>
/// <param name="kernel">The kernel's types; null: they are not there.</param>
/// <param name="release">Which kernel runs.</param>
internal sealed class TracepointPlanner(BtfTypes? kernel, Version? release)
{
    // A program at the raw tracepoint runs at all calls, one at an event of its own at none but that.
    private const int FewestSystemCalls = 8;

    private static readonly Version TaskRegisters = new(5, 15), RawCookies = new(6, 10);

    private readonly Dictionary<bool, SystemCallDispatch?> _dispatches = [];

    /// <summary>Ways to attach what reads no more than that to some events which share a layout.</summary>
    public IEnumerable<(ProbeContext Context, IReadOnlyList<ProbeTarget> Targets)> Plan(IReadOnlyList<ProbeTarget> targets, ProbeNeeds needs)
    {
        // Before there were cookies for them, each has a program of its own that knows which it is.
        if (targets[0].Context.Provider == ProbeProvider.RawTracepoint && needs.ReadsProbe && release < RawCookies)
            return targets.Select(static t => (t.Context, (IReadOnlyList<ProbeTarget>)[t]));
        if (targets[0].Context.Provider != ProbeProvider.Tracepoint || needs.ReadsContext)
            return [(targets[0].Context, targets)];
        var ways = new List<(ProbeContext, IReadOnlyList<ProbeTarget>)>();
        var left = new List<ProbeTarget>(targets);
        foreach (bool isExit in (ReadOnlySpan<bool>)[false, true])
        {
            if (OfSystemCalls(left, isExit, needs) is not { } way)
                continue;
            ways.Add(way);
            Remove(left, way.Targets);
        }
        // What several events share tells them apart by their cookies.
        if (!needs.ReadsArguments && (!needs.ReadsProbe || left.Count == 1 || release >= RawCookies))
        {
            ProbeTarget[] raw = [.. left.Where(t => kernel?.Find($"btf_trace_{NameOf(t)}", BtfKind.Typedef) is not null).Select(static t => t with { Hook = new RawTracepointHook(NameOf(t)) })];
            if (raw.Length > 0)
            {
                ways.Add((raw[0].Context with { ProgramType = BpfProgramType.RawTracepoint, Arguments = null }, raw));
                Remove(left, raw);
            }
        }
        if (left.Count > 0)
            ways.Add((left[0].Context, left));
        return ways;
    }

    private static void Remove(List<ProbeTarget> targets, IReadOnlyList<ProbeTarget> gone)
    {
        HashSet<string> names = [.. gone.Select(static t => t.Name)];
        targets.RemoveAll(t => names.Contains(t.Name));
    }

    private static string NameOf(ProbeTarget target) => target.Name[(target.Name.LastIndexOf(':') + 1)..];

    private (ProbeContext Context, IReadOnlyList<ProbeTarget> Targets)? OfSystemCalls(List<ProbeTarget> targets, bool isExit, ProbeNeeds needs)
    {
        string prefix = isExit ? "tracepoint:syscalls:sys_exit_" : "tracepoint:syscalls:sys_enter_";
        ProbeTarget[] calls = [.. targets.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal) && NumberOf(t, prefix) is >= 0 and < SystemCallDispatch.TableLength)];
        if (calls.Length < FewestSystemCalls || release < TaskRegisters || DispatchOf(isExit) is not { } dispatch)
            return null;
        // Of the record's fields the raw tracepoint is given the result alone, as it is in registers.
        RecordType? arguments = null;
        if (needs.ReadsArguments)
        {
            if (!isExit || needs.Fields is not { Count: 1 } || calls[0].Context.Arguments?.Find("ret") is not { } result || !needs.Fields.Contains(result.Name))
                return null;
            arguments = new RecordType("", calls[0].Context.Arguments!.TypeName, 16, 8, () => [result with { Offset = 8 }]);
        }
        ProbeTarget[] hooked = [.. calls.Select(static t => t with { Hook = null })];
        hooked[0] = hooked[0] with { Hook = new RawTracepointHook(isExit ? "sys_exit" : "sys_enter") };
        return (calls[0].Context with { ProgramType = BpfProgramType.RawTracepoint, Arguments = arguments, Dispatch = dispatch }, hooked);
    }

    /// <summary>The dispatch of a program whose attach points have got their numbers.</summary>
    public static ProbeContext WithNumbers(ProbeContext context, IReadOnlyList<ProbeTarget> targets)
    {
        if (context.Dispatch is not { } dispatch)
            return context;
        string prefix = dispatch.IsExit ? "tracepoint:syscalls:sys_exit_" : "tracepoint:syscalls:sys_enter_";
        var numbers = new Dictionary<int, int>(targets.Count);
        for (int i = 0; i < targets.Count; i++)
            numbers[NumberOf(targets[i], prefix)!.Value] = context.ProbeNumbers[i];
        return context with { Dispatch = dispatch with { Numbers = numbers, Table = new("system_calls") } };
    }

    private static int? NumberOf(ProbeTarget target, string prefix) => SystemCallTable.Current.NumberOf(target.Name[prefix.Length..]);

    private SystemCallDispatch? DispatchOf(bool isExit)
    {
        if (!_dispatches.TryGetValue(isExit, out SystemCallDispatch? dispatch))
            _dispatches.Add(isExit, dispatch = SystemCallDispatch.Create(kernel, isExit));
        return dispatch;
    }
}
