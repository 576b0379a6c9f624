using System.Text;

namespace PerfTrace.Host.Terminal;

/// <summary>
/// A buffer before a slow stream that never holds text back for long: what has been written reaches the stream within a twentieth of a second,
/// and whole bursts go out with one system call.
/// </summary>
internal sealed class PromptWriter : TextWriter
{
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private readonly Timer _timer;
    private bool _isTimerSet;
    private IOException? _failure;

    public PromptWriter(Stream stream)
    {
        _writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024);
        _timer = new Timer(_ => FlushLate());
    }

    public override Encoding Encoding => _writer.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            ThrowIfFailed();
            _writer.Write(buffer);
            if (_isTimerSet)
                return;
            _isTimerSet = true;
            _timer.Change(s_longestDelay, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Flush()
    {
        lock (_gate)
        {
            ThrowIfFailed();
            try
            {
                _writer.Flush();
            }
            catch (IOException exception)
            {
                _failure = exception;
                throw;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _timer.Dispose();
        base.Dispose(disposing);
    }

    private void FlushLate()
    {
        lock (_gate)
        {
            _isTimerSet = false;
            try
            {
                if (_failure is null)
                    _writer.Flush();
            }
            catch (IOException exception)
            {
                // There is no caller here to tell; the next write tells its own.
                _failure = exception;
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw _failure;
    }
}
