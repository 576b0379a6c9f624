using System.Buffers.Binary;

namespace PerfTrace.Perf;

/// <summary>Counts the records that pass by, from their headers, and remembers what the end of a file needs to know of them.</summary>
internal sealed class RecordTally(PerfSampleFormat format, MappedFiles files)
{
    private const int MapProtectionOffset = 64, MapNameOffset = 72;
    private const uint Execute = 4;

    private readonly ulong _timeAt = (ulong)(PerfSampleLayout.TimeIn(format) ?? 0);

    public long Samples { get; private set; }

    /// <summary>What PERF_RECORD_LOST and PERF_RECORD_LOST_SAMPLES tell of.</summary>
    public long Lost { get; private set; }

    public ulong FirstTime { get; private set; } = ulong.MaxValue;

    public ulong LastTime { get; private set; }

    /// <summary>Forgets the times: another file begins.</summary>
    public void BeginFile() => (FirstTime, LastTime) = (ulong.MaxValue, 0);

    /// <summary>Looks at the records of a part of a ring; returns how many bytes of it are whole records.</summary>
    public int Add(PerfRing ring, ulong from, int length)
    {
        long samples = 0;
        int done = 0;
        while (done < length)
        {
            ulong at = from + (ulong)done;
            (PerfRecordType type, int size) = ring.Header(at);
            if (size < PerfRing.HeaderSize || size > length - done)
                break;
            if (type == PerfRecordType.Sample)
            {
                samples++;
                ulong time = ring.Word(at + _timeAt);
                FirstTime = Math.Min(FirstTime, time);
                LastTime = Math.Max(LastTime, time);
            }
            else
            {
                AddOther(type, ring, at, size);
            }
            done += size;
        }
        Samples += samples;
        return done;
    }

    private void AddOther(PerfRecordType type, PerfRing ring, ulong at, int size)
    {
        switch (type)
        {
            case PerfRecordType.Lost:
                Lost += (long)ring.Word(at + 16);
                break;
            case PerfRecordType.LostSamples:
                Lost += (long)ring.Word(at + 8);
                break;
            case PerfRecordType.Mmap2:
                ReadOnlySpan<byte> record = ring.Record(at, size);
                if (record.Length > MapNameOffset && (BinaryPrimitives.ReadUInt32LittleEndian(record[MapProtectionOffset..]) & Execute) != 0)
                {
                    var bytes = new PerfDataBytes(record, !BitConverter.IsLittleEndian, 0);
                    files.Add(bytes.Text(MapNameOffset, record.Length - MapNameOffset), (int)bytes.Word32(8));
                }
                break;
        }
    }
}
