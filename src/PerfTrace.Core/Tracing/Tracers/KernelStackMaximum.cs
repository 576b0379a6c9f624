using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>The deepest kernel stack since the stack tracer was started (CONFIG_STACK_TRACER; Documentation/trace/ftrace.rst, "stack trace").</summary>
/// <param name="IsEnabled">kernel.stack_tracer_enabled: it is being looked for.</param>
/// <param name="Size">Its bytes; 0 before there is one.</param>
/// <param name="Entries">Its frames, the innermost first.</param>
public sealed partial record KernelStackMaximum(bool IsEnabled, long Size, IReadOnlyList<KernelStackEntry> Entries)
{
    private static readonly TimeSpan WaitingPeriod = TimeSpan.FromMilliseconds(500);

    private const string Setting = "sys/kernel/stack_tracer_enabled";

    /// <summary>The frames, a line each: depth and size in bytes, place.</summary>
    public string FrameText => string.Join('\n', Entries.Select(static e => string.Create(CultureInfo.InvariantCulture, $"{e.Depth,6} {e.Size,5}  {e.Location}")));

    /// <summary>Reads it.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no stack tracer.</exception>
    public static KernelStackMaximum Read(SystemPaths paths)
    {
        TracingDirectory top = Open(paths);
        bool enabled = IsOn(paths);
        return new KernelStackMaximum(enabled, long.Parse(top.ReadText("stack_max_size"), NumberStyles.None, CultureInfo.InvariantCulture), Parse(top.ReadText("stack_trace")));
    }

    /// <summary>
    /// Starts the stack tracer with an empty maximum, waits, reads, and leaves it as it was. It traces every function of the kernel meanwhile.
    /// </summary>
    /// <param name="paths">Where the settings are.</param>
    /// <param name="duration">How long it waits.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <param name="waiting">Called twice a second meanwhile.</param>
    /// <exception cref="KernelFeatureException">This kernel has no stack tracer.</exception>
    public static KernelStackMaximum Measure(SystemPaths paths, TimeSpan duration, CancellationToken stop, Action? waiting = null)
    {
        TracingDirectory top = Open(paths);
        bool wasOn = IsOn(paths);
        using OwnedTraceResource running = TraceSession.Current.Own("stack tracer", () => Switch(paths, wasOn));
        Switch(paths, true);
        top.WriteText("stack_max_size", "0");
        long begin = Stopwatch.GetTimestamp();
        for (TimeSpan left = duration; left > TimeSpan.Zero; left = duration - Stopwatch.GetElapsedTime(begin))
        {
            if (stop.WaitHandle.WaitOne(left < WaitingPeriod ? left : WaitingPeriod))
                break;
            waiting?.Invoke();
        }
        return Read(paths);
    }

    internal static IReadOnlyList<KernelStackEntry> Parse(string text)
    {
        var entries = new List<KernelStackEntry>();
        foreach (Match match in EntryLine().Matches(text))
        {
            entries.Add(new KernelStackEntry(Number(1), Number(2), Number(3), match.Groups[4].Value));

            int Number(int group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        return entries;
    }

    private static TracingDirectory Open(SystemPaths paths)
    {
        TracingDirectory top = TracingDirectory.Open(paths);
        return top.Exists("stack_max_size")
            ? top
            : throw KernelException.Create(Errno.ENODEV, "open", Path.Combine(top.Path, "stack_max_size"), "This kernel was built without the stack tracer (CONFIG_STACK_TRACER).");
    }

    private static bool IsOn(SystemPaths paths) => KernelFile.ReadText(Path.Combine(paths.Proc, Setting)).Trim() != "0";

    private static void Switch(SystemPaths paths, bool on)
    {
        const int O_WRONLY = 1;
        string path = Path.Combine(paths.Proc, Setting);
        using FileDescriptor fd = FileDescriptor.Open(path, O_WRONLY);
        try
        {
            fd.Write(on ? "1\n"u8 : "0\n"u8);
        }
        catch (KernelException e)
        {
            throw e.Errno == Errno.EPERM ? new FunctionTracingDeniedException(e.Errno, e.Call, path) : KernelException.Create(e.Errno, e.Call, path);
        }
    }

    //   0)     4080     112   ftrace_call+0x5/0x34
    [GeneratedRegex(@"^\s*(\d{1,6})\)\s+(\d{1,9})\s+(\d{1,9})\s+(\S.*?)\s*$", RegexOptions.Multiline)]
    private static partial Regex EntryLine();
}
