using System.Buffers.Binary;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class RingBufferPageTests
{
    private static readonly RingBufferPageLayout Layout = RingBufferPageLayout.Parse("""
        	field: u64 timestamp;	offset:0;	size:8;	signed:0;
        	field: local_t commit;	offset:8;	size:8;	signed:1;
        	field: int overwrite;	offset:8;	size:1;	signed:1;
        	field: char data;	offset:16;	size:4080;	signed:0;
        """);

    private sealed record Read(ulong Timestamp, byte[] Record);

    // Words of the data; commit is what they take.
    private static byte[] Page(ulong timestamp, ulong flags, params uint[] words)
    {
        byte[] page = new byte[4096];
        BinaryPrimitives.WriteUInt64LittleEndian(page, timestamp);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(8), flags | (uint)(words.Length * 4));
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(16 + i * 4), words[i]);
        return page;
    }

    private static uint Header(int type, uint delta) => (uint)type | delta << 5;

    private static (List<Read> Records, bool IsDamaged) ReadAll(byte[] page)
    {
        var records = new List<Read>();
        var walk = new RingBufferPage(page, Layout);
        while (walk.MoveNext())
            records.Add(new Read(walk.Timestamp, walk.Record.ToArray()));
        Assert.False(walk.MoveNext());
        return (records, walk.IsDamaged);
    }

    [Fact]
    public void The_layout_is_that_of_header_page() => Assert.Equal(new RingBufferPageLayout(0, 8, 8, 16, 4096), Layout);

    [Fact]
    public void The_running_kernels_layout_is_read()
    {
        RingBufferPageLayout layout = RingBufferPageLayout.Read(TracingDirectory.Open(SystemPaths.Default));

        Assert.Equal(0, layout.TimestampOffset);
        Assert.InRange(layout.DataOffset, 12, 64);
        Assert.InRange(layout.PageSize, 4096, 1 << 20);
    }

    [Fact]
    public void A_header_without_the_fields_is_refused() =>
        Assert.Throws<FormatException>(() => RingBufferPageLayout.Parse("field: u64 timestamp;	offset:0;	size:8;	signed:0;"));

    [Fact]
    public void Times_are_added_up_and_lengths_are_words()
    {
        (List<Read> records, bool isDamaged) = ReadAll(Page(1000, 0, Header(1, 5), 0x11111111, Header(2, 7), 0x22222222, 0x33333333));

        Assert.False(isDamaged);
        Assert.Equal([1005UL, 1012UL], records.Select(r => r.Timestamp));
        Assert.Equal([4, 8], records.Select(r => r.Record.Length));
        Assert.Equal(0x22, records[1].Record[0]);
    }

    [Fact]
    public void A_length_in_the_array_counts_its_own_bytes()
    {
        uint[] words = new uint[2 + 30];
        words[0] = Header(0, 3);
        words[1] = 4 + 30 * 4;
        words[2] = 0xabcd;
        (List<Read> records, _) = ReadAll(Page(0, 0, words));

        Read record = Assert.Single(records);
        Assert.Equal((3UL, 120, 0xcd), (record.Timestamp, record.Record.Length, record.Record[0]));
    }

    [Fact]
    public void An_extended_time_is_added_and_an_absolute_one_set()
    {
        ulong stamp = 0x0123_4567_89ab_cdef;
        (List<Read> records, _) = ReadAll(Page(10, 0,
            Header(30, 1), 2, Header(1, 4), 0, // 10 + (2 << 27) + 1 + 4
            Header(31, (uint)(stamp & (1 << 27) - 1)), (uint)(stamp >> 27), Header(1, 1), 0));

        Assert.Equal([10UL + (2UL << 27) + 5, stamp + 1], records.Select(r => r.Timestamp));
    }

    [Fact]
    public void The_bits_that_an_absolute_time_lacks_are_those_before()
    {
        ulong before = (3UL << 59) + 100, later = (4UL << 59) + 7;
        (List<Read> records, _) = ReadAll(Page(before, 0,
            Header(31, 200), 0, Header(1, 0), 0,
            Header(31, 7), 0, Header(1, 0), 0)); // 7 is less than 200: the sixtieth bit has changed

        Assert.Equal([(3UL << 59) + 200, later], records.Select(r => r.Timestamp));
    }

    [Fact]
    public void Discarded_events_are_passed_over_and_the_rest_of_a_page_is_nothing()
    {
        (List<Read> records, bool isDamaged) = ReadAll(Page(0, 0,
            Header(29, 10), 8, 0xdead, Header(29, 1), 4, Header(1, 2), 1,
            Header(29, 0), 0, Header(1, 2), 1));

        Assert.False(isDamaged);
        Assert.Equal([12UL], records.Select(r => r.Timestamp));
    }

    [Theory]
    [InlineData(0UL, false, 0L)]
    [InlineData(1UL << 31, true, 0L)]
    [InlineData(3UL << 30, true, 77L)]
    public void Missed_events_are_told_and_counted_where_the_kernel_did(ulong flags, bool hasMissed, long missed)
    {
        byte[] page = Page(0, flags, Header(1, 0), 1);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(16 + 8), 77);
        var walk = new RingBufferPage(page, Layout);

        Assert.Equal((hasMissed, missed), (walk.HasMissedEvents, walk.MissedEvents));
        Assert.True(walk.MoveNext());
        Assert.False(walk.MoveNext());
    }

    private static readonly uint[][] AllLiars =
    [
        [Header(5, 0), 1], // longer than the page
        [Header(0, 0), 1000, 0], // the same, in the array
        [Header(0, 0), 3], // shorter than itself
        [Header(29, 1), 1000],
        [Header(30, 1)],
        [Header(1, 0)],
    ];

    [Fact]
    public void A_page_that_lies_ends_and_says_so() => Assert.All(AllLiars, static words =>
    {
        (List<Read> records, bool isDamaged) = ReadAll(Page(0, 0, [Header(1, 1), 42, .. words]));

        Assert.True(isDamaged);
        Assert.Single(records);
    });

    [Fact]
    public void A_page_that_is_cut_short_says_so()
    {
        byte[] page = Page(0, 0, Header(1, 1), 42, Header(1, 1), 43);
        for (int length = 1; length < 16 + 16; length++)
        {
            var walk = new RingBufferPage(page.AsSpan(0, length), Layout);
            while (walk.MoveNext())
                Assert.Equal(4, walk.Record.Length);
            Assert.True(walk.IsDamaged);
        }
        Assert.False(new RingBufferPage([], Layout).MoveNext());
    }
}
