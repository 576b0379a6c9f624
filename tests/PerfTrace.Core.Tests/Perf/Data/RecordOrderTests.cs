using System.Buffers.Binary;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Data;

public sealed class RecordOrderTests : IDisposable
{
    private readonly RecordOrder _order = new(isBigEndian: false);

    public void Dispose() => _order.Dispose();

    [Fact]
    public void Nothing_comes_out_before_the_second_round_ends()
    {
        Add(10, 30);
        _order.FinishRound();
        Assert.Empty(Taken());

        Add(20, 40);
        _order.FinishRound();

        Assert.Equal([10, 20, 30], Taken());
        _order.Finish();
        Assert.Equal([40], Taken());
    }

    [Fact]
    public void Records_of_one_time_stay_as_they_were()
    {
        Add(5, 7, 7, 3, 7, 5);
        _order.Finish();

        Assert.Equal([(3UL, 3), (5UL, 0), (5UL, 5), (7UL, 1), (7UL, 2), (7UL, 4)], TakenWithPlaces());
    }

    [Fact]
    public void Any_order_is_put_right()
    {
        var random = new Random(7);
        ulong[] times = [.. Enumerable.Range(0, 20_000).Select(_ => (ulong)random.Next(1_000_000))];
        Add(times);
        _order.Finish();

        Assert.Equal(times.Order(), Taken());
    }

    [Fact]
    public void Without_rounds_a_bounded_part_is_held()
    {
        byte[] record = new byte[1024];
        int given = 0, taken = 0;
        for (int i = 0; i < 200_000; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), (ulong)i);
            _order.Add(new PerfDataBytes(record, false, i), (ulong)i);
            given++;
            if (!_order.IsFull)
                continue;
            Assert.True((given - taken) * record.Length <= RecordOrder.MostBytes + record.Length);
            _order.Relieve();
            int before = taken;
            while (_order.TryTake(out PerfDataRecord next))
                Assert.Equal((ulong)taken++, next.Bytes.Word64(8));
            Assert.True(taken > before);
        }
        _order.Finish();
        while (_order.TryTake(out PerfDataRecord next))
            Assert.Equal((ulong)taken++, next.Bytes.Word64(8));

        Assert.Equal(given, taken);
    }

    private void Add(params ulong[] times)
    {
        byte[] record = new byte[24];
        for (int i = 0; i < times.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), times[i]);
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), i);
            _order.Add(new PerfDataBytes(record, false, 0), times[i]);
        }
    }

    private ulong[] Taken() => [.. TakenWithPlaces().Select(static t => t.Time)];

    private List<(ulong Time, int Place)> TakenWithPlaces()
    {
        var taken = new List<(ulong, int)>();
        while (_order.TryTake(out PerfDataRecord record))
            taken.Add((record.Bytes.Word64(8), (int)record.Bytes.Word32(16)));
        return taken;
    }
}
