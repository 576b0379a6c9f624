using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>A program's events that are attached to with one call.</summary>
/// <param name="Hook">Where.</param>
/// <param name="Cookie">What tells the program which of its events this is, where it asks.</param>
/// <param name="Targets">The events.</param>
internal sealed record ScriptAttachment(BpfHook Hook, ulong Cookie, IReadOnlyList<ProbeTarget> Targets)
{
    // Those of the events, in their order.
    private IReadOnlyList<ulong> Cookies { get; init; } = [];

    /// <summary>All of a program's, in the order of the script.</summary>
    public static IEnumerable<ScriptAttachment> Of(ScriptProgram program)
    {
        // Of several events the cookie tells the program which one it is.
        bool isAsked = program.Context is { ReadsProbe: true, Dispatch: null, ProbeNumbers.Count: > 1 };
        (ProbeTarget Target, ulong Cookie)[] events = [.. program.Targets.Select((t, i) => (t, isAsked ? (ulong)program.Context.ProbeNumbers[i] : 0)).Where(static e => e.t.Hook is not null)];
        return program.Context.AttachType switch
        {
            BpfAttachType.TraceUProbeMulti => events.GroupBy(static e => (UProbeHook)e.Target.Hook! with { Offset = 0, CounterOffset = 0 }).Select(static g => Join([.. g])),
            BpfAttachType.TraceKProbeMulti when events.Length > 1 => [Join(events)],
            _ => events.Select(static e => new ScriptAttachment(e.Target.Hook!, e.Cookie, [e.Target])),
        };
    }

    /// <summary>The same in two halves.</summary>
    public (ScriptAttachment First, ScriptAttachment Last) Split()
    {
        (ProbeTarget, ulong)[] events = [.. Targets.Zip(Cookies)];
        return (Join(events[..(events.Length / 2)]), Join(events[(events.Length / 2)..]));
    }

    private static ScriptAttachment Join((ProbeTarget Target, ulong Cookie)[] events)
    {
        BpfHook hook = events[0].Target.Hook switch
        {
            UProbeHook place => new UProbeMultiHook(place.Path, [.. events.Select(static e => (UProbeHook)e.Target.Hook!).Select(static h => (h.Offset, h.CounterOffset))], place.IsReturn)
            {
                Cookies = [.. events.Select(static e => e.Cookie)],
            },
            KProbeMultiHook functions => new KProbeMultiHook([.. events.SelectMany(static e => ((KProbeMultiHook)e.Target.Hook!).Functions)], functions.IsReturn)
            {
                Cookies = [.. events.SelectMany(static e => ((KProbeMultiHook)e.Target.Hook!).Functions.Select(_ => e.Cookie))],
            },
            _ => throw new InvalidOperationException($"{events[0].Target.Name} is attached to alone."),
        };
        return new ScriptAttachment(hook, 0, [.. events.Select(static e => e.Target)]) { Cookies = [.. events.Select(static e => e.Cookie)] };
    }
}
