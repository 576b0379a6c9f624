namespace PerfTrace.Tracing;

/// <summary>Finds the events that users name.</summary>
internal static class HistogramEvents
{
    /// <summary>The event of a name: <c>sched:sched_switch</c>, <c>sched.sched_switch</c>, <c>sched_switch</c>, or a synthetic event of this session's.</summary>
    /// <exception cref="TracepointNotFoundException">There is none; the nearest names are in the exception.</exception>
    public static Tracepoint Find(TracingDirectory directory, string name)
    {
        string[] parts = name.Split([':', '.', '/'], 2);
        if (parts.Length == 2)
        {
            string local = parts[0] == SyntheticEvents.SystemName ? SyntheticEvents.FullNameOf(parts[1]) : parts[1];
            return TraceName.IsName(parts[0]) && TraceName.IsName(local) && directory.Exists($"events/{parts[0]}/{local}/format")
                ? new Tracepoint(directory, parts[0], local)
                : throw TracepointCatalogue.NotFound(directory, $"{parts[0]}:{parts[1]}");
        }
        string wanted = SyntheticEvents.FullNameOf(name);
        return TracepointCatalogue.List(directory).FirstOrDefault(t => t.Name == wanted) ?? throw TracepointCatalogue.NotFound(directory, name);
    }

    /// <summary>
    /// The events of a directory that may have triggers: what they need of an event shows in <c>set_event</c>, so that not thousands of files have to
    /// be read.
    /// </summary>
    public static IEnumerable<Tracepoint> WithTriggers(TracingDirectory directory)
    {
        foreach (string line in directory.ReadText("set_event").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Since Linux 6.14 lines may say more than the event.
            string[] parts = line.Split(' ', 2)[0].Split(':', 2);
            if (parts.Length == 2 && TraceName.IsName(parts[0]) && TraceName.IsName(parts[1]) && directory.Exists($"events/{parts[0]}/{parts[1]}/trigger"))
                yield return new Tracepoint(directory, parts[0], parts[1]);
        }
    }
}
