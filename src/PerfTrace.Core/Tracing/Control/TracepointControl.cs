using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// Switches tracepoints on and off, sets filters and triggers (Documentation/trace/events.rst). In an instance of the session's own all goes
/// with the instance; elsewhere each change is undone when the session ends, unless it is to stay.
/// </summary>
public static class TracepointControl
{
    /// <summary>Has a tracepoint recorded, or no longer.</summary>
    /// <exception cref="KernelException">The event can not be enabled, or is gone, or it is not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public static void SetEnabled(Tracepoint tracepoint, bool enabled, bool persistent)
    {
        string file = $"{tracepoint.Folder}/enable";
        TracingDirectory directory = tracepoint.Directory;
        RequireFile(tracepoint, file, "enabled");
        RememberEnabled(tracepoint, persistent);
        directory.WriteText(file, enabled ? "1" : "0");
    }

    /// <summary>Has all tracepoints of a system recorded, or no longer, by one write; what each was is remembered as if they were switched one by one.</summary>
    /// <param name="tracepoints">All that the system has.</param>
    /// <param name="enabled">Recorded, or no longer.</param>
    /// <param name="persistent">It is to outlive the session.</param>
    /// <returns>False: some could not be switched. Switched one by one, each tells for itself.</returns>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public static bool TrySetSystemEnabled(IReadOnlyList<Tracepoint> tracepoints, bool enabled, bool persistent)
    {
        TracingDirectory directory = tracepoints[0].Directory;
        if (!directory.IsOwned)
        {
            foreach (Tracepoint tracepoint in tracepoints)
                RememberEnabled(tracepoint, persistent);
        }
        try
        {
            directory.WriteText($"events/{tracepoints[0].System}/enable", enabled ? "1" : "0");
            return true;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    /// <summary>Sets the filter of a tracepoint; null removes it. A filter that the kernel refuses leaves the one that was.</summary>
    /// <exception cref="TraceCommandException">The filter is wrong; the message shows where.</exception>
    /// <exception cref="KernelException">The event has no filter, or is gone, or it is not permitted.</exception>
    public static void SetFilter(Tracepoint tracepoint, string? filter, bool persistent)
    {
        string file = $"{tracepoint.Folder}/filter";
        TracingDirectory directory = tracepoint.Directory;
        RequireFile(tracepoint, file, "filtered");
        string? before = tracepoint.Filter;
        TraceName.CheckLine(filter ?? "", "A filter");
        TraceSession.Current.Remember(directory, file, $"filter of {tracepoint} in {directory.Description}", persistent,
            () => [new TraceWrite(file, before ?? NoFilter)]);
        try
        {
            TraceCommand.Write(directory, file, filter ?? NoFilter, tracepoint.Event);
        }
        catch (KernelException)
        {
            // The kernel has dropped the old filter and kept the refused one as text.
            directory.WriteText(file, before ?? NoFilter);
            throw;
        }
    }

    /// <summary>Adds a trigger to a tracepoint.</summary>
    /// <exception cref="TraceCommandException">The filter is wrong; the message shows where.</exception>
    /// <exception cref="KernelException">There is one of the kind already (EEXIST), the kernel lacks the kind, or it is not permitted.</exception>
    public static void AddTrigger(Tracepoint tracepoint, TracepointTrigger trigger, bool persistent)
    {
        string file = $"{tracepoint.Folder}/trigger";
        TracingDirectory directory = tracepoint.Directory;
        RequireFile(tracepoint, file, "given triggers");
        if (trigger.Action == TracepointTriggerAction.Snapshot && !directory.Top.Exists("snapshot"))
        {
            throw KernelException.Create(Errno.ENODEV, "write", Path.Combine(directory.Path, file),
                "This kernel was built without snapshots (CONFIG_TRACER_SNAPSHOT).");
        }
        // Noted before it is done: a session may be killed in between.
        bool isNew = TraceSession.Current.Remember(directory, KeyOf(file, trigger), $"trigger {trigger.Command} of {tracepoint} in {directory.Description}", persistent,
            () => [new TraceWrite(file, trigger.Command, TraceWriteKind.RemoveTrigger)]);
        try
        {
            TraceCommand.Append(directory, file, trigger.Command, tracepoint.Event);
        }
        catch (KernelException e)
        {
            if (isNew)
                TraceSession.Current.Forget(directory, KeyOf(file, trigger));
            if (e.Errno != Errno.EEXIST)
                throw;
            throw KernelException.Create(e.Errno, e.Call, e.Subject,
                $"{tracepoint} has a trigger of the kind already, and it can have one (traceon and traceoff are one kind; enable_event and disable_event too, for each event): Remove-TracepointTrigger.");
        }
    }

    /// <summary>Removes a trigger, one of those that <see cref="Tracepoint.Triggers"/> lists.</summary>
    /// <exception cref="KernelException">It can not be removed: variables of a histogram are in use (EBUSY), or it is not permitted.</exception>
    public static void RemoveTrigger(Tracepoint tracepoint, string text, bool persistent)
    {
        string file = $"{tracepoint.Folder}/trigger";
        TracepointTrigger trigger = TracepointTrigger.Parse(text);
        TracingDirectory directory = tracepoint.Directory;
        string key = KeyOf(file, trigger), removedKey = $"{key} removed";
        // One that was added here is only not removed at the end.
        bool isNew = !TraceSession.Current.IsRemembered(directory, key)
            && TraceSession.Current.Remember(directory, removedKey, $"trigger {trigger.Command} of {tracepoint} removed from {directory.Description}",
                persistent, () => [new TraceWrite(file, text, TraceWriteKind.AddTrigger)]);
        try
        {
            TraceCommand.Append(directory, file, trigger.RemoveCommand, tracepoint.Event);
        }
        catch (KernelException)
        {
            if (isNew)
                TraceSession.Current.Forget(directory, removedKey);
            throw;
        }
        TraceSession.Current.Forget(directory, key);
    }

    private const string NoFilter = "0";

    private static string KeyOf(string file, TracepointTrigger trigger) => $"{file} {trigger.Kind}";

    private static void RememberEnabled(Tracepoint tracepoint, bool persistent)
    {
        TracingDirectory directory = tracepoint.Directory;
        string file = $"{tracepoint.Folder}/enable";
        TraceSession.Current.Remember(directory, file, $"{tracepoint} enabled in {directory.Description}", persistent,
            () => [new TraceWrite(file, tracepoint.Enabled ? "1" : "0")]);
    }

    // The events of the system "ftrace" are what tracers write; they have a format and no more.
    private static void RequireFile(Tracepoint tracepoint, string file, string what)
    {
        TracingDirectory directory = tracepoint.Directory;
        if (directory.Exists(file) || !directory.Exists($"{tracepoint.Folder}/format"))
            return;
        throw KernelException.Create(Errno.EOPNOTSUPP, "open", Path.Combine(directory.Path, file), tracepoint.System == "ftrace"
            ? $"{tracepoint} is a record of a tracer, no event that could be {what}."
            : $"{tracepoint} can not be {what}.");
    }
}
