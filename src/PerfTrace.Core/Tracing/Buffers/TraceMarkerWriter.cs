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
    /// <exception cref="KernelException">Recording is off or the buffer is full (EBADF), or markers are off (EINVAL).</exception>
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
            throw KernelException.Create(e.Errno, e.Call, Path.Combine(_directory.Path, FileName),
                e.Errno == Errno.EINVAL ? $"Markers are switched off in {_directory.Description}: write 1 to options/markers."
                : _directory.ReadText("tracing_on") == "1" ? $"The buffer of {_directory.Description} is full and keeps its oldest events: Clear-TraceBuffer, or Set-TraceBuffer -Overwrite On."
                : $"Recording is off in {_directory.Description}: Set-TraceBuffer -Tracing On.");
        }
        catch (KernelException e)
        {
            throw _directory.Explain(e.Errno, e.Call, FileName);
        }
    }
}
