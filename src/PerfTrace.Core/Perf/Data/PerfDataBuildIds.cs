namespace PerfTrace.Perf;

/// <summary>Reads build ids: records of their own kind, in a section or in a pipe.</summary>
internal static class PerfDataBuildIds
{
    private const int RecordSize = 36, BuildIdSize = 20;

    /// <summary>HEADER_BUILD_ID: records one after the other.</summary>
    public static List<PerfDataBuildId> Read(PerfDataBytes section)
    {
        var found = new List<PerfDataBuildId>();
        for (int at = 0; at < section.Length;)
        {
            int size = section.Word16(at + 6);
            if (size < RecordSize)
                throw new PerfDataException(section.Offset + at, $"A record of {size} bytes is no build id.");
            found.Add(ReadOne(section.From(at, size)));
            at += size;
        }
        return found;
    }

    /// <summary>struct { header; i32 pid; u8 build_id[20]; u8 size; u8 reserved[3]; char filename[]; }: the size since perf 5.10, said by a flag of the header.</summary>
    public static PerfDataBuildId ReadOne(PerfDataBytes record)
    {
        const int SizeFlag = 1 << 15, CpuModeMask = 7, KernelMode = 1;
        int misc = record.Word16(4);
        int size = (misc & SizeFlag) != 0 ? Math.Min((int)record.Byte(32), BuildIdSize) : BuildIdSize;
        return new PerfDataBuildId(
            record.Text(RecordSize, record.Length - RecordSize), Convert.ToHexStringLower(record.Slice(12, size)), (misc & CpuModeMask) == KernelMode);
    }
}
