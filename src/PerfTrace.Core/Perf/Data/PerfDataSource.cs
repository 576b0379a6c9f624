using System.Buffers;

namespace PerfTrace.Perf;

/// <summary>A stream that is read in pieces of known length, and knows where it is. Nothing is held but the piece and what has been read ahead.</summary>
internal sealed class PerfDataSource : IDisposable
{
    private const int ReadAhead = 1 << 18;

    private readonly Stream _stream;
    private readonly bool _canSeek;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadAhead);
    private bool _isRented = true;
    private int _start, _end;

    public PerfDataSource(Stream stream)
    {
        _stream = stream;
        _canSeek = stream.CanSeek;
    }

    /// <summary>The next byte's offset.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of the whole file, as many as there are now: it may be growing. Null for a pipe.</summary>
    public long? Length => _canSeek ? _stream.Length : null;

    /// <summary>Goes to another place of a file.</summary>
    public void Seek(long position)
    {
        if (Length is not { } length || position < 0 || position > length)
            throw new PerfDataException(Position, $"It points to offset {position}, which is outside of the file.");
        _stream.Position = position;
        Position = position;
        _start = _end = 0;
    }

    /// <summary>The next bytes, which stay there until the next call; false at the end of the file.</summary>
    /// <exception cref="PerfDataException">The file ends within them.</exception>
    public bool TryRead(int count, out ReadOnlySpan<byte> bytes)
    {
        if (!TryPeek(count, out bytes))
            return false;
        _start += count;
        Position += count;
        return true;
    }

    /// <summary>As <see cref="TryRead"/>, and stays before them.</summary>
    /// <exception cref="PerfDataException">The file ends within them.</exception>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_end - _start < count)
        {
            int there = Fill(count);
            if (there == 0)
                return false;
            if (there < count)
                throw new PerfDataException(Position + there, $"The file ends {count - there} bytes too early.");
        }
        bytes = _buffer.AsSpan(_start, count);
        return true;
    }

    /// <summary>The next bytes, as many as there are of those that are wanted; stays before them.</summary>
    public ReadOnlySpan<byte> Peek(int most)
    {
        if (_end - _start < most)
            Fill(most);
        return _buffer.AsSpan(_start, Math.Min(most, _end - _start));
    }

    /// <inheritdoc cref="TryRead"/>
    public ReadOnlySpan<byte> Read(int count) =>
        TryRead(count, out ReadOnlySpan<byte> bytes) ? bytes : throw new PerfDataException(Position, $"The file ends {count} bytes too early.");

    /// <summary>Goes over bytes that nobody wants.</summary>
    public void Skip(long count)
    {
        while (count > 0)
        {
            int step = (int)Math.Min(count, ReadAhead);
            Read(step);
            count -= step;
        }
    }

    public void Dispose()
    {
        Return();
        _stream.Dispose();
    }

    private void Return()
    {
        if (_isRented)
            ArrayPool<byte>.Shared.Return(_buffer);
        _isRented = false;
    }

    private int Fill(int count)
    {
        if (_buffer.Length - _start < count)
        {
            byte[] target = count <= _buffer.Length ? _buffer : new byte[count];
            _buffer.AsSpan(_start, _end - _start).CopyTo(target);
            if (target != _buffer)
                Return();
            (_buffer, _start, _end) = (target, 0, _end - _start);
        }
        while (_end - _start < count && _stream.Read(_buffer, _end, _buffer.Length - _end) is > 0 and var read)
            _end += read;
        return _end - _start;
    }
}
