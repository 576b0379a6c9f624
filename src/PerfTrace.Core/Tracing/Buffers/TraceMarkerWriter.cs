using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Writes into the trace from user space: <c>trace_marker</c> (Documentation/trace/ftrace.rst). Kept open, a marker costs one write(2).</summary>
public sealed class TraceMarkerWriter : IDisposable
{
    private const string FileName = "trace_marker";

    private readonly TracingDirectory _directory;
    private readonly FileDescriptor _file;

    /// <exception cref="KernelException">It is not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public TraceMarkerWriter(TracingDirectory directory)
    {
        _directory = directory;
        _file = directory.OpenWrite(FileName);
    }

    /// <summary>Writes a marker for each line of the text. The kernel breaks those in parts that are longer than 4 KiB.</summary>
    /// <returns>How many lines were written.</returns>
    /// <exception cref="TraceNameException">There are control characters in it.</exception>
    /// <exception cref="KernelException">Recording is off, the buffer is full, or the CPU is left out (EBADF); or markers are off (EINVAL).</exception>
    public int Write(string text)
    {
        string[] lines = [.. text.Split('\n').Select(static line => line.TrimEnd('\r')).Where(static line => line.Length > 0)];
        foreach (string line in lines)
            TraceName.CheckLine(line, "A marker");
        foreach (string line in lines)
            WriteLine(line);
        return lines.Length;
    }

    public void Dispose() => _file.Dispose();

    private void WriteLine(string line)
    {
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (KernelException e) when (e.Errno is Errno.EBADF or Errno.EINVAL)
        {
            throw KernelException.Create(e.Errno, e.Call, Path.Combine(_directory.Path, FileName), e.Errno == Errno.EINVAL
                ? $"Markers are switched off in {_directory.Description}: echo 1 > {Path.Combine(_directory.Path, "options/markers")}"
                : WhyNotRecorded());
        }
        catch (KernelException e)
        {
            throw _directory.Explain(e.Errno, e.Call, FileName);
        }
    }

    // EBADF is all that the kernel says when its ring buffer takes nothing (tracing_mark_write() in kernel/trace/trace.c).
    private string WhyNotRecorded()
    {
        if (_directory.ReadText("tracing_on") != "1")
            return $"Recording is off in {_directory.Description}: Set-TraceBuffer -Tracing On.";
        var causes = new List<string>();
        if (!TraceBuffers.IsOverwriting(_directory))
            causes.Add($"The buffer of {_directory.Description} is full and keeps its oldest events: Clear-TraceBuffer, or Set-TraceBuffer -Overwrite On.");
        if (TraceBuffers.LeavesOutCpus(_directory))
            causes.Add($"Nothing is recorded on CPUs that tracing_cpumask of {_directory.Description} leaves out: write ones for all to {Path.Combine(_directory.Path, "tracing_cpumask")}, or run on another (taskset).");
        return causes.Count > 0 ? string.Join(" Or: ", causes) : $"Recording was held up in {_directory.Description} for the moment, for example while its size changes: try again.";
    }
}
