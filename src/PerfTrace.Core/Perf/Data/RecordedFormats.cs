using System.Text;
using PerfTrace.Events;

namespace PerfTrace.Perf;

/// <summary>
/// The formats of tracepoints in a recording: what perf copies out of tracefs (record_file and its callers in tools/perf/util/trace-event-info.c), so that
/// samples can be read on a machine whose kernel has other formats.
/// </summary>
internal sealed class RecordedFormats
{
    private readonly Dictionary<int, EventFormat> _formats = [];

    /// <summary>Of the machine that wrote the events.</summary>
    public bool IsBigEndian { get; private set; } = !BitConverter.IsLittleEndian;

    public int Count => _formats.Count;

    public EventFormat? Of(int id) => _formats.GetValueOrDefault(id);

    /// <summary>Tells a format.</summary>
    public void Add(EventFormat format)
    {
        _formats[format.Id] = format;
    }

    /// <summary>Reads HEADER_TRACING_DATA, or what stands behind a PERF_RECORD_HEADER_TRACING_DATA.</summary>
    /// <exception cref="PerfDataException">It is not in that form.</exception>
    public void Read(PerfDataBytes bytes)
    {
        // 23 8 68 "tracing", a version as text, the byte order, the size of a long, the size of a page.
        ReadOnlySpan<byte> magic = [23, 8, 68, .. "tracing"u8];
        if (bytes.Length < magic.Length || !bytes.Slice(0, magic.Length).SequenceEqual(magic))
            throw new PerfDataException(bytes.Offset, "The formats of the tracepoints do not begin as they do.");
        int at = magic.Length;
        Word(bytes, ref at);
        IsBigEndian = bytes.Byte(at) != 0;
        bytes = new PerfDataBytes(bytes.Slice(0, bytes.Length), IsBigEndian, bytes.Offset);
        at += 1 + 1 + sizeof(uint);
        for (int header = 0; header < 2; header++)
        {
            // "header_page" and "header_event", each with a size and the file.
            Word(bytes, ref at);
            Sized(bytes, ref at);
        }
        // The formats of ftrace's own events are no samples' formats, but number theirs from the same numbers.
        for (uint left = Count32(bytes, ref at); left > 0; left--)
            Add("ftrace", Sized(bytes, ref at));
        for (uint systems = Count32(bytes, ref at); systems > 0; systems--)
        {
            string system = Word(bytes, ref at);
            for (uint left = Count32(bytes, ref at); left > 0; left--)
                Add(system, Sized(bytes, ref at));
        }
    }

    private void Add(string system, PerfDataBytes file)
    {
        try
        {
            Add(EventFormatParser.Parse(system, Encoding.UTF8.GetString(file.Slice(0, file.Length))));
        }
        catch (EventFormatException e)
        {
            throw new PerfDataException(file.Offset, e.Message);
        }
    }

    private static uint Count32(PerfDataBytes bytes, ref int at)
    {
        uint count = bytes.Word32(at);
        at += sizeof(uint);
        return count <= (uint)bytes.Length ? count : throw new PerfDataException(bytes.Offset + at, $"A count of {count} is more than the {bytes.Length} bytes of its section can hold.");
    }

    private static PerfDataBytes Sized(PerfDataBytes bytes, scoped ref int at)
    {
        ulong size = bytes.Word64(at);
        PerfDataBytes file = bytes.From(at + sizeof(ulong), (int)Math.Min(size, int.MaxValue));
        at += sizeof(ulong) + file.Length;
        return file;
    }

    private static string Word(PerfDataBytes bytes, ref int at)
    {
        string word = bytes.Text(at, bytes.Length - at);
        at += Encoding.UTF8.GetByteCount(word) + 1;
        return word;
    }
}
