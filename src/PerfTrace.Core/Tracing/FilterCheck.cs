using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// Finds out what is wrong with a filter. perf_event_open's ioctl only says that something is; a filter file of tracefs has an error log.
/// So the filter is tried in an instance that lives for the moment.
/// </summary>
public static class FilterCheck
{
    /// <summary>The kernel's reason, with the place in the filter; the exception itself when the kernel says no more.</summary>
    public static KernelException Explain(EventFilterException refusal, SystemPaths paths)
    {
        string name = TraceOwner.Current.NameOf($"check{Environment.CurrentManagedThreadId}");
        try
        {
            TraceInstances.Create(paths, name);
        }
        catch (KernelException)
        {
            return refusal; // no right to, or no room for an instance: what perf said has to do
        }
        try
        {
            TraceCommand.Write(TracingDirectory.Open(paths, name), $"events/{refusal.EventName.Replace(':', '/')}/filter", refusal.Filter);
            return refusal;
        }
        catch (TraceCommandException e)
        {
            return new EventFilterException(refusal.EventName, refusal.Filter, refusal.Errno, $"{e.Reason}:\n  {e.Command}\n  {new string(' ', e.Position)}^");
        }
        catch (KernelException)
        {
            return refusal;
        }
        finally
        {
            TraceInstances.RemoveIfThere(paths, name);
        }
    }
}
