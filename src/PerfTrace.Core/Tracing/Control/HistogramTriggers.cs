using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Histogram triggers (Documentation/trace/histogram.rst), as far as they stand in the way of others.</summary>
internal static class HistogramTriggers
{
    public static bool IsHistogram(string trigger) => trigger.StartsWith("hist:", StringComparison.Ordinal);

    /// <summary>Removes all histograms of a directory, those that use variables of others first. False when there were none that could be removed.</summary>
    public static bool RemoveAll(TracingDirectory directory)
    {
        bool hasRemoved = false;
        for (bool isProgress = true; isProgress;)
        {
            isProgress = false;
            foreach (Tracepoint tracepoint in TracepointCatalogue.List(directory))
            {
                foreach (string trigger in tracepoint.Triggers.Where(IsHistogram))
                    isProgress |= TryRemove(tracepoint, trigger);
            }
            hasRemoved |= isProgress;
        }
        return hasRemoved;
    }

    // EBUSY: another histogram uses a variable of it.
    private static bool TryRemove(Tracepoint tracepoint, string trigger)
    {
        try
        {
            tracepoint.Directory.AppendText($"{tracepoint.Folder}/trigger", TracepointTrigger.Parse(trigger).RemoveCommand);
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY)
        {
            return false;
        }
        return !tracepoint.Triggers.Contains(trigger, StringComparer.Ordinal);
    }
}
