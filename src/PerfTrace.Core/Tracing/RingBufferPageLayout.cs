using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>How a page of a trace buffer begins: <c>events/header_page</c> of tracefs.</summary>
/// <param name="TimestampOffset">Where the time of the first event is, 8 bytes.</param>
/// <param name="CommitOffset">Where the number of bytes of events is, with flags above.</param>
/// <param name="CommitSize">Bytes of that number: those of a long.</param>
/// <param name="DataOffset">Where the events begin.</param>
/// <param name="PageSize">Bytes of the page; reads of <c>trace_pipe_raw</c> give whole ones (Linux 6.8: buffer_subbuf_size_kb sets it).</param>
public readonly record struct RingBufferPageLayout(int TimestampOffset, int CommitOffset, int CommitSize, int DataOffset, int PageSize)
{
    /// <summary>Reads it for an instance: <c>buffer_subbuf_size_kb</c> is per instance, header_page the top's.</summary>
    /// <exception cref="KernelException">tracefs can not be read.</exception>
    /// <exception cref="FormatException">The file is not in the form that the kernel writes.</exception>
    public static RingBufferPageLayout Read(TracingDirectory directory)
    {
        RingBufferPageLayout layout = Parse(directory.Top.ReadText("events/header_page"));
        return directory.Exists("buffer_subbuf_size_kb")
            && int.TryParse(directory.ReadText("buffer_subbuf_size_kb"), NumberStyles.None, CultureInfo.InvariantCulture, out int kilobytes)
            && kilobytes > 0
            ? layout with { PageSize = kilobytes * 1024 }
            : layout;
    }

    /// <summary>Parses lines <c>field: u64 timestamp;	offset:0;	size:8;	signed:0;</c>.</summary>
    /// <exception cref="FormatException">A field is missing.</exception>
    public static RingBufferPageLayout Parse(string headerPage)
    {
        var fields = new Dictionary<string, Events.EventField>(StringComparer.Ordinal);
        foreach (string line in headerPage.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("field:", StringComparison.Ordinal) && Events.EventFormatParser.ParseField(line["field:".Length..].Trim()) is { } field)
                fields[field.Name] = field;
        }
        if (!fields.TryGetValue("timestamp", out Events.EventField? timestamp) || timestamp.Size != sizeof(ulong)
            || !fields.TryGetValue("commit", out Events.EventField? commit) || commit.Size is not (4 or 8)
            || !fields.TryGetValue("data", out Events.EventField? data) || data.Size <= 0)
        {
            throw new FormatException("events/header_page has not the fields timestamp, commit and data.");
        }
        return new RingBufferPageLayout(timestamp.Offset, commit.Offset, commit.Size, data.Offset, data.Offset + data.Size);
    }
}
