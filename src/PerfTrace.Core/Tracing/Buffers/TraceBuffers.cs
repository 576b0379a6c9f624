using System.Globalization;
using System.Numerics;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// The ring buffers of an instance or of the top level: size, clock, what happens when they are full. Changes outside the session's own
/// instances are undone at its end, unless they are to stay.
/// </summary>
public static class TraceBuffers
{
    /// <summary>Sizes are in KiB in tracefs.</summary>
    private const int Unit = 1024;

    /// <summary>The CPUs that have a buffer, ascending.</summary>
    public static IReadOnlyList<int> Cpus(TracingDirectory directory) =>
        [.. directory.DirectoryNames("per_cpu")
            .Select(static name => name.StartsWith("cpu", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int cpu) ? cpu : -1)
            .Where(static cpu => cpu >= 0).Order()];

    /// <summary>What the buffer of each CPU takes, in bytes; null when they differ.</summary>
    public static long? Size(TracingDirectory directory) => ParseSize(directory.ReadText("buffer_size_kb"));

    public static long TotalSize(TracingDirectory directory) => ParseSize(directory.ReadText("buffer_total_size_kb")) ?? 0;

    /// <summary>The clocks that there are (Documentation/trace/ftrace.rst, "trace_clock").</summary>
    public static IReadOnlyList<string> Clocks(TracingDirectory directory) =>
        [.. directory.ReadText("trace_clock").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static c => c.Trim('[', ']'))];

    public static string CurrentClock(TracingDirectory directory)
    {
        string text = directory.ReadText("trace_clock");
        int open = text.IndexOf('[', StringComparison.Ordinal), close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? text[(open + 1)..close] : text;
    }

    /// <summary>Forgets what is recorded.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="cpu">One CPU's buffer; null for all.</param>
    public static void Clear(TracingDirectory directory, int? cpu = null) => directory.WriteText(ForCpu("trace", cpu), "");

    /// <summary>Sets the size of each buffer. What is recorded is lost where it shrinks.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="bytes">Rounded up to whole pages by the kernel.</param>
    /// <param name="cpu">One CPU's buffer; null for each.</param>
    /// <param name="persistent">The change outlives the session.</param>
    public static void SetSize(TracingDirectory directory, long bytes, int? cpu, bool persistent)
    {
        long units = (bytes + Unit - 1) / Unit;
        string file = ForCpu("buffer_size_kb", cpu);
        TraceSession.Current.Remember(directory, file, $"{file} of {directory.Description}", persistent, () =>
            [.. (cpu is { } one ? [one] : Cpus(directory)).Select(c => ForCpu("buffer_size_kb", c))
                .Select(f => new TraceWrite(f, Text((ParseSize(directory.ReadText(f)) ?? 0) / Unit)))]);
        try
        {
            directory.WriteText(file, Text(units));
        }
        catch (KernelException e) when (e.Errno == Errno.ENOMEM)
        {
            throw KernelException.Create(e.Errno, e.Call, e.Subject, $"There is not enough memory for buffers of {bytes} bytes on {(cpu is null ? "each CPU" : "this CPU")}.");
        }
    }

    /// <summary>Sets the clock. What is recorded is lost.</summary>
    /// <exception cref="TraceClockException">There is no such clock.</exception>
    public static void SetClock(TracingDirectory directory, string clock, bool persistent)
    {
        IReadOnlyList<string> known = Clocks(directory);
        if (!known.Contains(clock, StringComparer.Ordinal))
            throw new TraceClockException(clock, known);
        SetValue(directory, "trace_clock", clock, CurrentClock, persistent);
    }

    /// <summary>Whether a full buffer loses its oldest events (true) or the newest.</summary>
    public static void SetOverwrite(TracingDirectory directory, bool overwrite, bool persistent) =>
        SetValue(directory, "options/overwrite", overwrite ? "1" : "0", static d => d.ReadText("options/overwrite"), persistent);

    /// <summary>A full buffer loses its oldest events.</summary>
    internal static bool IsOverwriting(TracingDirectory directory) => directory.ReadText("options/overwrite") == "1";

    /// <summary>There are CPUs on which nothing is recorded.</summary>
    internal static bool LeavesOutCpus(TracingDirectory directory) =>
        directory.ReadText("tracing_cpumask").Where(char.IsAsciiHexDigit).Sum(static c => BitOperations.PopCount((uint)Convert.ToInt32(c.ToString(), 16))) < Cpus(directory).Count;

    /// <summary>Whether anything is recorded at all.</summary>
    public static void SetTracing(TracingDirectory directory, bool on, bool persistent) =>
        SetValue(directory, "tracing_on", on ? "1" : "0", static d => d.ReadText("tracing_on"), persistent);

    /// <summary>The counts of each CPU's buffer.</summary>
    /// <exception cref="KernelException">It is not permitted.</exception>
    public static IEnumerable<TraceBufferStatistics> Statistics(TracingDirectory directory)
    {
        foreach (int cpu in Cpus(directory))
            yield return TraceBufferStatistics.Parse(directory.Instance, cpu, directory.ReadText(ForCpu("stats", cpu)), ParseSize(directory.ReadText(ForCpu("buffer_size_kb", cpu))));
    }

    internal static string ForCpu(string file, int? cpu) => cpu is null ? file : string.Create(CultureInfo.InvariantCulture, $"per_cpu/cpu{cpu}/{file}");

    private static void SetValue(TracingDirectory directory, string file, string value, Func<TracingDirectory, string> read, bool persistent)
    {
        TraceSession.Current.Remember(directory, file, $"{file} of {directory.Description}", persistent, () => [new TraceWrite(file, read(directory))]);
        directory.WriteText(file, value);
    }

    // "1410", or at the top level before anything was traced "7 (expanded: 1408)"; "X" when the CPUs differ.
    private static long? ParseSize(string text) =>
        long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long units) ? units * Unit : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
