using PerfTrace.Tracing;

namespace PerfTrace.Tests.Fuzz;

public sealed class RingBufferPageFuzzTests
{
    [Fact]
    public void Pages_of_noise_end_without_reading_outside()
    {
        var random = new Random(20261121);
        var layout = new RingBufferPageLayout(0, 8, 8, 16, 4096);
        byte[] page = new byte[4096];
        long records = 0, damaged = 0;
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(page);
            if (i % 4 != 0)
                BitConverter.TryWriteBytes(page.AsSpan(8), (long)random.Next(4081)); // a length that fits
            if (i % 4 == 2)
            {
                // Small numbers: many short records and few long ones.
                for (int at = 16; at < page.Length; at += 4)
                    BitConverter.TryWriteBytes(page.AsSpan(at), random.Next(1, 1 << random.Next(1, 16)));
            }
            var walk = new RingBufferPage(page.AsSpan(0, random.Next(page.Length + 1)), layout);
            int steps = 0;
            while (walk.MoveNext())
            {
                Assert.InRange(++steps, 0, page.Length / 4);
                Assert.InRange(walk.Record.Length, 0, page.Length - 16);
                records++;
            }
            damaged += walk.IsDamaged ? 1 : 0;
        }
        Assert.InRange(records, 1000, long.MaxValue);
        Assert.InRange(damaged, 1000, 20_000);
    }
}
