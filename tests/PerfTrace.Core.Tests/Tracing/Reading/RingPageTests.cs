using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Reading;

public sealed class RingPageTests
{
    private static readonly byte[] Eight = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void The_kernels_description_of_a_page_is_understood()
    {
        RingPageLayout layout = RingPageLayout.Read(TracingDirectory.Open(SystemPaths.Default));
        Assert.Equal((0, 8, 8, 16, 4096), (layout.TimeOffset, layout.CommitOffset, layout.CommitSize, layout.DataOffset, layout.PageSize));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n")]
    [InlineData("\tfield: u64 timestamp;\toffset:90;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n")]
    public void A_description_that_makes_no_sense_is_refused(string text) => Assert.Throws<EventFormatException>(() => RingPageLayout.Parse(text));

    [Fact]
    public void Records_come_with_their_times()
    {
        byte[] page = new RingPageBuilder(1_000).Small(5, Eight).Long(7, [.. Eight, .. Eight]).Small(0, 9, 9, 9, 9).Build();
        Assert.Equal([(1_005UL, 8), (1_012UL, 16), (1_012UL, 4)], Read(page).Records.Select(r => (r.Time, r.Data.Length)));
    }

    [Fact]
    public void Time_goes_on_by_extensions_and_stamps()
    {
        byte[] page = new RingPageBuilder(1_000).Extend(1UL << 40).Small(1, Eight).Stamp(5UL << 41).Small(2, Eight).Build();
        Assert.Equal([1_001 + (1UL << 40), 2 + (5UL << 41)], Read(page).Records.Select(static r => r.Time));
    }

    [Fact]
    public void A_stamp_has_the_upper_bits_of_the_time_before()
    {
        // As of the TSC of a machine that has run for long: 59 bits are not enough.
        const ulong high = 3UL << 59;
        byte[] page = new RingPageBuilder(high + 1_000).Stamp(high + 5_000).Small(0, Eight).Stamp(500).Small(0, Eight).Build();
        Assert.Equal([high + 5_000, high + (1UL << 59) + 500], Read(page).Records.Select(static r => r.Time));
    }

    [Fact]
    public void What_was_taken_back_is_passed_over_but_not_its_time()
    {
        byte[] page = new RingPageBuilder(100).Small(1, Eight).TakenBack(10, 24).Small(5, Eight).Build();
        Assert.Equal([101UL, 116UL], Read(page).Records.Select(static r => r.Time));
    }

    [Fact]
    public void Padding_ends_a_page()
    {
        byte[] page = new RingPageBuilder(100).Small(1, Eight).Word(29).Word(0xffffffff).Build();
        (List<(ulong, byte[])> records, RingPage place) = Read(page);
        Assert.Single(records);
        Assert.False(place.IsBroken);
    }

    [Fact]
    public void Losses_are_told()
    {
        var counted = new RingPage(new RingPageBuilder(1).Small(1, Eight).Build(3u << 30, missed: 123), RingPageBuilder.Layout);
        Assert.Equal((true, 123L), (counted.HasMissed, counted.Missed));
        var uncounted = new RingPage(new RingPageBuilder(1).Small(1, Eight).Build(1u << 31), RingPageBuilder.Layout);
        Assert.Equal((true, null), (uncounted.HasMissed, uncounted.Missed));
    }

    [Fact]
    public void Lengths_that_lead_out_of_the_page_end_it()
    {
        foreach (byte[] page in new[]
        {
            new RingPageBuilder(1).Small(1, Eight).Word(20).Build(),
            new RingPageBuilder(1).Small(1, Eight).Word(0).Word(5_000).Build(),
            new RingPageBuilder(1).Small(1, Eight).Word(0).Word(2).Build(),
            new RingPageBuilder(1).Small(1, Eight).Word(30).Build(),
        })
        {
            (List<(ulong, byte[])> records, RingPage place) = Read(page);
            Assert.Single(records);
            Assert.True(place.IsBroken);
        }
        Assert.True(Read(new RingPageBuilder(1).Build(length: 5_000)).Place.IsBroken);
        Assert.True(new RingPage(new byte[8], RingPageBuilder.Layout).IsBroken);
    }

    [Fact]
    public void Any_bytes_are_read_to_an_end()
    {
        var random = new Random(20261121);
        long records = 0, broken = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] page = new RingPageBuilder(1).Small(1, Eight).Long(3, new byte[200]).TakenBack(4, 40).Stamp(77).Small(1, Eight).Build(length: random.Next(4_200));
            for (int edits = random.Next(20); edits > 0; edits--)
                page[random.Next(random.Next(2) == 0 ? 400 : page.Length)] = (byte)random.Next(256);
            if (i % 10 == 0)
                random.NextBytes(page);
            (List<(ulong, byte[])> read, RingPage place) = Read(page);
            records += read.Count;
            broken += place.IsBroken ? 1 : 0;
        }
        Assert.True(records > 50_000 && broken is > 1_000 and < 50_000, $"{records} records, {broken} broken");
    }

    private static (List<(ulong Time, byte[] Data)> Records, RingPage Place) Read(byte[] page)
    {
        var records = new List<(ulong, byte[])>();
        var place = new RingPage(page, RingPageBuilder.Layout);
        while (place.TryNext(page, out ulong time, out ReadOnlySpan<byte> record))
            records.Add((time, record.ToArray()));
        return (records, place);
    }
}
