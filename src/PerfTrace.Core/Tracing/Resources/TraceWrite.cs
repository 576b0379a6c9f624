using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>A step of putting something in tracefs back: as data, so that another process can do it.</summary>
/// <param name="File">The path below the instance or the top.</param>
/// <param name="Text">What is written.</param>
/// <param name="Kind">How.</param>
internal sealed record TraceWrite(string File, string Text, TraceWriteKind Kind = TraceWriteKind.Replace)
{
    /// <summary>Does the steps. That the event or the instance is gone is as good: what was changed went with it.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static void Apply(TracingDirectory directory, IEnumerable<TraceWrite> writes)
    {
        try
        {
            foreach (TraceWrite write in writes)
                write.Apply(directory);
        }
        catch (TraceInstanceNotFoundException)
        {
            // Whoever removed the instance removed what was changed in it.
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT && !directory.IsGone)
        {
            // An event that has been removed since.
        }
    }

    private void Apply(TracingDirectory directory)
    {
        switch (Kind)
        {
            case TraceWriteKind.Replace:
                directory.WriteText(File, Text);
                break;
            case TraceWriteKind.Append:
                directory.AppendText(File, Text);
                break;
            default:
                ApplyTrigger(directory);
                break;
        }
    }

    private void ApplyTrigger(TracingDirectory directory)
    {
        // events/SYSTEM/NAME/trigger
        string[] parts = File.Split('/');
        TracepointTrigger trigger = TracepointTrigger.Parse(Text);
        bool isThere = new Tracepoint(directory, parts[1], parts[2]).Triggers.Any(t => TracepointTrigger.Parse(t).Kind == trigger.Kind);
        if (isThere == (Kind == TraceWriteKind.RemoveTrigger))
            directory.AppendText(File, isThere ? trigger.RemoveCommand : trigger.Command);
    }
}
