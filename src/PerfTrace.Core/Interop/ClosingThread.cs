using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Interop;

/// <summary>Threads that close descriptors. Starting one takes some itself: where the process has none left, closing is what gives them back, and goes on without it.</summary>
internal static class ClosingThread
{
    private const int StackSize = 256 << 10;

    /// <returns>False: none can be had now.</returns>
    public static bool TryStart(ThreadStart run, [NotNullWhen(true)] out Thread? thread)
    {
        thread = new Thread(run, StackSize) { IsBackground = true, Name = "PerfTrace close" };
        try
        {
            thread.Start();
            return true;
        }
        // What the runtime says for EMFILE and EAGAIN, too.
        catch (OutOfMemoryException)
        {
            thread = null;
            return false;
        }
    }
}
