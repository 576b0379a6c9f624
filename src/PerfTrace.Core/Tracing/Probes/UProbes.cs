using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Makes, lists and removes probes in programs and libraries.</summary>
public static class UProbes
{
    /// <summary>All uprobes of the machine, in the kernel's order.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no uprobes.</exception>
    /// <exception cref="KernelException">tracefs may not be read.</exception>
    public static IReadOnlyList<UProbe> List(TracingDirectory directory) =>
        [.. DynamicEvents.UProbes(directory).List().Select(line => UProbe.Create(directory, line)).OfType<UProbe>()];

    /// <summary>Makes a probe.</summary>
    /// <param name="directory">tracefs.</param>
    /// <param name="definition">What it is. The path and the offset were checked (<see cref="UProbeResolver"/>): the kernel does not.</param>
    /// <param name="isOwned">It goes when this session ends.</param>
    /// <param name="verbose">Hears the line that is written.</param>
    /// <exception cref="KernelFeatureException">This kernel has no uprobes.</exception>
    /// <exception cref="TraceNameException">The group or the name is none that the kernel takes.</exception>
    /// <exception cref="ProbeSyntaxException">Another part of the definition can not be written to the kernel.</exception>
    /// <exception cref="ProbeExistsException">There is an event of that name.</exception>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    public static UProbe Create(TracingDirectory directory, UProbeDefinition definition, bool isOwned = true, Action<string>? verbose = null)
    {
        DynamicEvents events = DynamicEvents.UProbes(directory);
        string command = definition.ToCommand();
        events.Require();
        if (events.HasEvent(definition.Group, definition.Name))
            throw new ProbeExistsException(definition.Event);
        ProbeOwnership.Make(events, "uprobe", definition, command, isOwned, verbose);
        return List(directory).First(p => p.Group == definition.Group && p.Name == definition.Name);
    }

    /// <summary>Removes a probe.</summary>
    /// <param name="directory">tracefs.</param>
    /// <param name="probe">Which.</param>
    /// <param name="force">Disables its event first, in every instance.</param>
    /// <param name="verbose">Hears what is written.</param>
    /// <param name="stop">Ends the waiting for events of this process that are still being closed.</param>
    /// <exception cref="ProbeBusyException">Its event is in use.</exception>
    /// <exception cref="ProbeNotFoundException">It is gone.</exception>
    /// <exception cref="OperationCanceledException">It was stopped meanwhile.</exception>
    public static void Remove(TracingDirectory directory, UProbe probe, bool force = false, Action<string>? verbose = null, CancellationToken stop = default) =>
        ProbeOwnership.Remove(DynamicEvents.UProbes(directory), "uprobe", probe.Group, probe.Name, force, verbose, stop);

    /// <summary>A name for the event of a place, after the function's: <c>malloc</c>, <c>malloc__return</c>, <c>libfoo_0x1a2b</c>.</summary>
    public static string NameFor(TracingDirectory directory, string group, UProbeTarget target, bool isReturn)
    {
        string file = Path.GetFileName(target.Path);
        int dot = file.IndexOf('.', StringComparison.Ordinal);
        string name = target.Symbol is { } symbol
            ? ProbeOwnership.NameFor(symbol, target.SymbolOffset, isReturn)
            : ProbeOwnership.NameFor(dot > 0 ? file[..dot] : file, target.Offset, isReturn);
        return FreeName(directory, group, name);
    }

    /// <summary>The name itself or, if there is such an event, the name with the first number that is free.</summary>
    public static string FreeName(TracingDirectory directory, string group, string name) =>
        ProbeOwnership.FreeName(DynamicEvents.UProbes(directory), group, ProbeText.MakeName(name));

    /// <summary>The error for a name that is none: with the nearest ones.</summary>
    public static ProbeNotFoundException NotFound(TracingDirectory directory, string name) =>
        ProbeOwnership.NotFound("uprobe", name, List(directory).Select(static p => (p.Event, p.Name)));
}
