using System.Diagnostics.CodeAnalysis;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Reads what is in the trace buffers without taking it out: the text of <c>trace</c>.</summary>
public sealed class TraceBufferText : IDisposable
{
    private const int ReadSize = 64 << 10;

    private readonly TracingDirectory _directory;
    private readonly string _file;
    private readonly FileDescriptor _descriptor;
    private readonly TraceTextParser _parser;
    private byte[] _buffer = new byte[ReadSize];
    private int _start, _end;
    private bool _isAtEnd;

    private TraceBufferText(TracingDirectory directory, int? cpu)
    {
        _directory = directory;
        _file = TraceBuffers.ForCpu("trace", cpu);
        TraceClock clock = TraceClock.Read(directory);
        var origin = new EventOrigin(directory.Instance, clock.WallClockOffset, PrintEnvironment.Current, clock.IsCounter);
        _parser = new TraceTextParser(new TraceTextBuilder(TraceEventNames.Of(directory), origin));
        _descriptor = directory.OpenRead(_file);
    }

    /// <summary>Records that the kernel said were lost between those that came, by CPU.</summary>
    public IReadOnlyDictionary<int, long> LostPerCpu => _parser.LostPerCpu;

    /// <summary>Records were lost, and the kernel did not say how many.</summary>
    public bool HasUncountedLoss => _parser.HasUncountedLoss;

    /// <summary>Opens the text of all CPUs or of one.</summary>
    /// <exception cref="KernelException">It can not be read.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public static TraceBufferText Open(TracingDirectory directory, int? cpu = null) => new(directory, cpu);

    /// <summary>The next object, in the order of the text; false at the end.</summary>
    /// <exception cref="KernelException">It can not be read.</exception>
    public bool TryRead([NotNullWhen(true)] out TraceRecord? record)
    {
        while (!_parser.TryTake(out record))
        {
            if (_isAtEnd)
                return false;
            if (TryLine(out ReadOnlySpan<byte> line))
            {
                _parser.Add(line);
                continue;
            }
            _isAtEnd = true;
            _parser.Finish();
        }
        return true;
    }

    public void Dispose() => _descriptor.Dispose();

    private bool TryLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                return true;
            }
            if (!ReadMore())
                break;
        }
        line = _buffer.AsSpan(_start, _end - _start);
        _start = _end;
        return line.Length > 0;
    }

    private bool ReadMore()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int count;
        try
        {
            count = _descriptor.Read(_buffer.AsSpan(_end));
        }
        catch (KernelException e)
        {
            throw _directory.Explain(e.Errno, e.Call, _file);
        }
        _end += count;
        return count > 0;
    }
}
