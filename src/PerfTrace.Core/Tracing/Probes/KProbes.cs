using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>Makes, lists and removes probes in the kernel.</summary>
public static class KProbes
{
    /// <summary>All kprobes of the machine, in the kernel's order.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no kprobes.</exception>
    /// <exception cref="KernelException">tracefs may not be read.</exception>
    public static IReadOnlyList<KProbe> List(TracingDirectory directory) =>
        [.. DynamicEvents.KProbes(directory).List().Select(line => new KProbe(directory, line))];

    /// <summary>Makes a probe.</summary>
    /// <param name="directory">tracefs.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="isOwned">It goes when this session ends.</param>
    /// <param name="verbose">Hears the line that is written.</param>
    /// <exception cref="KernelFeatureException">This kernel has no kprobes.</exception>
    /// <exception cref="TraceNameException">The group or the name is none that the kernel takes.</exception>
    /// <exception cref="ProbeSyntaxException">Another part of the definition can not be written to the kernel.</exception>
    /// <exception cref="ProbeExistsException">There is an event of that name.</exception>
    /// <exception cref="SymbolNotFoundException">There is no such function.</exception>
    /// <exception cref="ProbePlaceException">No probe can be there.</exception>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    public static KProbe Create(TracingDirectory directory, KProbeDefinition definition, bool isOwned = true, Action<string>? verbose = null)
    {
        DynamicEvents events = DynamicEvents.KProbes(directory);
        string command = definition.ToCommand();
        events.Require();
        if (events.HasEvent(definition.Group, definition.Name))
            throw new ProbeExistsException(definition.Event);
        try
        {
            ProbeOwnership.Make(events, "kprobe", definition, command, isOwned, verbose);
        }
        catch (KernelException e) when (e.Call == "write")
        {
            if (Explain(directory, definition, e) is { } better)
                throw better;
            throw;
        }
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
    public static void Remove(TracingDirectory directory, KProbe probe, bool force = false, Action<string>? verbose = null, CancellationToken stop = default) =>
        ProbeOwnership.Remove(DynamicEvents.KProbes(directory), "kprobe", probe.Group, probe.Name, force, verbose, stop);

    /// <summary>A name for the event of a place, after the function's: <c>vfs_read</c>, <c>vfs_read_0x10</c>, <c>vfs_read__return</c>.</summary>
    public static string NameFor(TracingDirectory directory, string group, KProbeLocation location, bool isReturn) =>
        ProbeOwnership.FreeName(DynamicEvents.KProbes(directory), group, ProbeOwnership.NameFor(location.Symbol, location.Offset, isReturn));

    /// <summary>A module that is named but not loaded: the kernel takes the probe and waits for it.</summary>
    public static bool IsWaiting(TracingDirectory directory, KProbeLocation location) =>
        location.Module is { } module && !KernelSymbolNames.IsModuleLoaded(directory.Paths, module);

    /// <summary>The error for a name that is none: with the nearest ones.</summary>
    public static ProbeNotFoundException NotFound(TracingDirectory directory, string name) =>
        ProbeOwnership.NotFound("kprobe", name, List(directory).Select(static p => (p.Event, p.Name)));

    private static Exception? Explain(TracingDirectory directory, KProbeDefinition definition, KernelException cause)
    {
        if (definition.Location.Symbol is not { } symbol || cause.Errno is not (Errno.ENOENT or Errno.EINVAL or Errno.EADDRNOTAVAIL))
            return null;
        string where = definition.Location.Module is { } module ? $"the kernel module {module}" : "the kernel";
        if (!KernelSymbolNames.Exists(directory.Paths, definition.Location.Module, symbol))
        {
            string? wanted = definition.Location.Module;
            return new SymbolNotFoundException(symbol, where, NearestNames.Find(symbol,
                KernelFunctions.List(directory.Paths).Where(f => wanted is null || f.Module == wanted).Select(static f => f.Name)));
        }
        if (KProbeBlacklist.Contains(directory.Paths, symbol))
        {
            return new ProbePlaceException(symbol,
                $"The kernel allows no probe in '{symbol}': it is on the list of functions that probes themselves may need (debugfs, kprobes/blacklist). Probe one of its callers.", cause);
        }
        return cause.Errno == Errno.EADDRNOTAVAIL
            ? new ProbePlaceException(symbol, $"There are several functions '{symbol}' in {where}: give the address of one (grep -w {symbol} /proc/kallsyms).", cause)
            : null;
    }
}
