using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// The kernel's files of dynamic events. They are the machine's, not an instance's. Commands go to <c>dynamic_events</c>, which takes every kind
/// (Linux 5.0), or to the kind's own file where it is not there; the kind's own file lists them.
/// </summary>
internal sealed class DynamicEvents(TracingDirectory top, string kindFile, string configuration)
{
    private const string All = "dynamic_events";

    private static long s_patienceEnd = long.MinValue / 2;

    public static DynamicEvents KProbes(TracingDirectory directory) => new(directory.Top, "kprobe_events", "CONFIG_KPROBE_EVENTS");

    public static DynamicEvents UProbes(TracingDirectory directory) => new(directory.Top, "uprobe_events", "CONFIG_UPROBE_EVENTS");

    public TracingDirectory Top => top;

    private string CommandFile => top.Exists(All) ? All : kindFile;

    /// <summary>Ends with an error where the kernel has no such probes.</summary>
    /// <exception cref="KernelFeatureException">It was built without them.</exception>
    public void Require()
    {
        if (top.Exists(kindFile))
            return;
        throw KernelException.Create(Errno.EOPNOTSUPP, "open", Path.Combine(top.Path, kindFile),
            $"This kernel was built without {configuration}: it has no {(kindFile[0] == 'k' ? "kprobes" : "uprobes")}. The kernels of most distributions have them.");
    }

    /// <summary>The probes of this kind, in the kernel's order.</summary>
    /// <exception cref="KernelException">They may not be read, or the kernel has none of the kind.</exception>
    public IReadOnlyList<ProbeLine> List()
    {
        Require();
        return [.. top.ReadText(kindFile).Split('\n').Select(ProbeLine.Parse).OfType<ProbeLine>()];
    }

    /// <summary>An event of that name is there, whatever its kind.</summary>
    public bool HasEvent(string group, string name) => top.Exists($"events/{group}/{name}");

    /// <summary>Writes a definition.</summary>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public void Add(string command, Action<string>? verbose)
    {
        verbose?.Invoke($"{Path.Combine(top.Path, CommandFile)}: {command}");
        TraceCommand.Append(top, CommandFile, command);
    }

    /// <summary>Removes a probe. Where this process itself has used it and its events are still being closed, it waits for that.</summary>
    /// <param name="group">The event's system.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="force">Disables the event first, in every instance.</param>
    /// <param name="verbose">Hears what is written.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="ProbeBusyException">Its event is in use.</exception>
    /// <exception cref="KernelException">It is gone (ENOENT), or not permitted.</exception>
    /// <exception cref="OperationCanceledException">It was stopped while it waited; the probe is there.</exception>
    public void Remove(string group, string name, bool force, Action<string>? verbose, CancellationToken stop = default)
    {
        const int pause = 20;
        const long patience = 30_000;
        long end = Environment.TickCount64 + patience;
        while (true)
        {
            bool isClosing = BackgroundClose.IsBusy;
            if (TryRemove(group, name, force, verbose))
                return;
            string[] users = [.. Users(group, name)];
            if (users.Length > 0 || !isClosing || Environment.TickCount64 > end)
                throw Busy(group, name, users);
            verbose = null; // it has been told
            if (stop.WaitHandle.WaitOne(pause))
                throw new OperationCanceledException(stop);
        }
    }

    /// <summary>
    /// Removes a probe when its session ends: what still uses it gets a moment to let go of it. All probes of a session have that moment together.
    /// </summary>
    /// <exception cref="KernelResourceException">It is still in use.</exception>
    public void Release(string group, string name)
    {
        const int pause = 20;
        try
        {
            while (!TryRemove(group, name, force: true, verbose: null))
            {
                if (!HasPatience())
                    throw KernelException.Create(Errno.EBUSY, "write", Path.Combine(top.Path, CommandFile), Busy(group, name, [.. Users(group, name)]).Message);
                Thread.Sleep(pause);
            }
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            // removed by somebody else
        }
    }

    // False: its event is in use.
    private bool TryRemove(string group, string name, bool force, Action<string>? verbose)
    {
        if (force)
            Disable(group, name, verbose);
        string command = $"-:{group}/{name}";
        verbose?.Invoke($"{Path.Combine(top.Path, CommandFile)}: {command}");
        try
        {
            top.AppendText(CommandFile, command);
            return true;
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY)
        {
            return false;
        }
    }

    // One second; a new one for a session's end that comes long after the last.
    private static bool HasPatience()
    {
        const long patience = 1000, longAfter = 10_000;
        long now = Environment.TickCount64, end = Volatile.Read(ref s_patienceEnd);
        if (now > end + longAfter)
            Volatile.Write(ref s_patienceEnd, end = now + patience);
        return now < end;
    }

    // The top and the instances: where the event is enabled, or has a trigger.
    private IEnumerable<(string Name, string Folder)> Places(string group, string name)
    {
        yield return ("the top-level buffer", $"events/{group}/{name}");
        foreach (string instance in top.DirectoryNames("instances"))
            yield return ($"the instance {instance}", $"instances/{instance}/events/{group}/{name}");
    }

    private void Disable(string group, string name, Action<string>? verbose)
    {
        foreach ((string _, string folder) in Places(group, name))
        {
            if (Read(folder, "enable") is not { Length: > 0 } state || state[0] != '1')
                continue;
            verbose?.Invoke($"{Path.Combine(top.Path, folder)}/enable: 0");
            try
            {
                top.WriteText($"{folder}/enable", "0");
            }
            catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
            {
                // The instance or the event went away meanwhile.
            }
        }
    }

    // Those that tracefs tells of.
    private IEnumerable<string> Users(string group, string name)
    {
        foreach ((string place, string folder) in Places(group, name))
        {
            if (Read(folder, "enable") is { Length: > 0 } state && state[0] == '1')
                yield return $"it is enabled in {place}";
            if (Read(folder, "trigger") is { } triggers && triggers.Split('\n').Any(static t => t.Length > 0 && t[0] != '#'))
                yield return $"it has a trigger in {place}";
        }
    }

    private static ProbeBusyException Busy(string group, string name, string[] users) =>
        new($"{group}:{name}", users.Length > 0 ? string.Join(", ", users) : "perf, a BPF program or another event's trigger is attached to it");

    private string? Read(string folder, string file)
    {
        try
        {
            return top.ReadText($"{folder}/{file}");
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            return null;
        }
    }
}
