using PerfTrace.Events;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>How a page of ftrace's ring buffers lies in memory (<c>events/header_page</c>; struct buffer_data_page of kernel/trace/ring_buffer.c).</summary>
/// <param name="TimeOffset">Where the time of the page's first record is, 8 bytes.</param>
/// <param name="CommitOffset">Where the number of bytes in use is.</param>
/// <param name="CommitSize">Its bytes: 8 on 64-bit kernels.</param>
/// <param name="DataOffset">Where the records begin.</param>
/// <param name="PageSize">Bytes of a page: one read(2).</param>
public sealed record RingPageLayout(int TimeOffset, int CommitOffset, int CommitSize, int DataOffset, int PageSize)
{
    private const int LargestPage = 1 << 20;

    /// <summary>Reads the layout of an instance's pages, whose size can be set since Linux 6.8 (<c>buffer_subbuf_size_kb</c>).</summary>
    /// <exception cref="EventFormatException">The kernel describes pages in a way that is not known.</exception>
    /// <exception cref="KernelException">It can not be read.</exception>
    internal static RingPageLayout Read(TracingDirectory directory)
    {
        RingPageLayout layout = Parse(directory.Top.ReadText("events/header_page"));
        if (directory.Exists("buffer_subbuf_size_kb")
            && int.TryParse(directory.ReadText("buffer_subbuf_size_kb"), out int kibibytes) && kibibytes is > 0 and <= LargestPage / 1024)
        {
            layout = layout with { PageSize = kibibytes * 1024 };
        }
        return layout;
    }

    /// <summary>Parses the file.</summary>
    /// <exception cref="EventFormatException">A field is missing or out of bounds.</exception>
    public static RingPageLayout Parse(string text)
    {
        EventField? time = null, commit = null, data = null;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> content = line.Trim();
            if (!content.StartsWith("field:", StringComparison.Ordinal) || EventFormatParser.ParseField(content[6..].Trim().ToString()) is not { } field)
                continue;
            switch (field.Name)
            {
                case "timestamp": time = field; break;
                case "commit": commit = field; break;
                case "data": data = field; break;
            }
        }
        if (time is not { Size: 8 } || commit is not { Size: 4 or 8 } || data is not { Size: > 0 and <= LargestPage, Offset: >= 0 and < 64 }
            || time.Offset < 0 || time.Offset + 8 > data.Offset || commit.Offset < 0 || commit.Offset + commit.Size > data.Offset)
        {
            throw new EventFormatException("header_page", 1, "the time stamp, the length or the records are not where they can be.");
        }
        return new RingPageLayout(time.Offset, commit.Offset, commit.Size, data.Offset, data.Offset + data.Size);
    }
}
