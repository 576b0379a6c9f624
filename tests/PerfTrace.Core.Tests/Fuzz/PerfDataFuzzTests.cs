using System.Buffers.Binary;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Fuzz;

public sealed class PerfDataFuzzTests
{
    private const int Mutations = 100_000, InspectorMutations = 20_000;

    [Fact]
    public void Damaged_files_are_an_error_that_names_the_place()
    {
        byte[][] good = [Plain(false), Plain(true), Recorded("-z"), Recorded("-g"), RecordedToPipe(), .. Stored()];
        var random = new Random(20261121);
        int damaged = 0;
        for (int i = 0; i < InspectorMutations; i++)
        {
            byte[] bad = Mutate(good[i % good.Length], random);
            try
            {
                PerfDataInfo info = PerfDataInspector.Read(new MemoryStream(bad), "fuzz", out PerfDataException? problem);
                Assert.Equal(problem is null, info.IsComplete);
                if (problem is not null)
                {
                    damaged++;
                    Assert.InRange(problem.Offset, 0, long.MaxValue);
                }
            }
            catch (PerfDataException)
            {
                damaged++;
            }
        }
        Assert.True(damaged > InspectorMutations / 10, $"Only {damaged} of {InspectorMutations} were found to be damaged: the mutations do not reach the reader.");
    }

    [Fact]
    public void Damaged_files_give_samples_and_an_error_that_names_the_place()
    {
        byte[][] good = [Chains(false), Chains(true), Recorded("-z -g"), Recorded("-g"), RecordedToPipe(), Record("perf record -q -e sched:sched_process_exec -a -g -o FILE -- true"),
            Record("perf record -q --call-graph dwarf,512 -e page-faults -c 20 -o FILE -- true"), .. Stored(),
            Perf.Samples.SimpleperfTests.Device(false, 128, out _), Perf.Samples.SimpleperfTests.Device(true, 132, out _)];
        var random = new Random(20261122);
        using var symbols = new SymbolStore(new SystemPaths("/nonexistent", "/nonexistent"));
        int damaged = 0;
        long samples = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bad = Mutate(good[i % good.Length], random);
            try
            {
                using PerfSampleReader reader = PerfSampleReader.Open(new MemoryStream(bad), symbols);
                while (reader.TryRead(out PerfSample? sample))
                {
                    samples++;
                    Assert.True(sample.CallStack is null or { Count: < 8192 });
                }
                if (reader.Problem is { } problem)
                {
                    damaged++;
                    Assert.InRange(problem.Offset, 0, long.MaxValue);
                }
            }
            catch (PerfDataException)
            {
                damaged++;
            }
        }
        Assert.True(damaged > Mutations / 10, $"Only {damaged} of {Mutations} were found to be damaged: the mutations do not reach the reader.");
        Assert.True(samples > Mutations, $"Only {samples} samples came of {Mutations} files: what stands before the damage is to be read.");
    }

    private static byte[] Chains(bool isBigEndian)
    {
        var builder = new PerfDataBuilder(isBigEndian, 0x127);
        builder.Map(1, 0x1000, 0x1000, 0, "/bin/true").Comm(1, 1, "true", 1).KernelSymbol(0xffffffffc0000000, 4096, "bpf_prog", 2).Fork(2, 1, 2, 1, 3);
        for (uint i = 0; i < 10; i++)
        {
            builder.Record(9, 2, [.. builder.Word64(0x1010), .. builder.Word32(1), .. builder.Word32(2), .. builder.Word64(i), .. builder.Word64(1),
                .. builder.Word64(3), .. builder.Word64(unchecked((ulong)-512)), .. builder.Word64(0x1010), .. builder.Word64(0x1020)]);
        }
        return builder.Round().Lost(3, 21_000).Build();
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        byte[] bad = [.. good];
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            // Mostly where the structure is: the header and what the first records and the table of sections say.
            int at = random.Next(3) switch { 0 => random.Next(Math.Min(bad.Length, 256)), 1 => random.Next(bad.Length), _ => random.Next(bad.Length) & ~7 };
            switch (random.Next(4))
            {
                case 0:
                    bad[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bad[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at + 8 <= bad.Length:
                    BinaryPrimitives.WriteUInt64LittleEndian(bad.AsSpan(at), random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => 1UL << 63, _ => (ulong)random.NextInt64() });
                    break;
                default:
                    bad.AsSpan(at, Math.Min(4, bad.Length - at)).Fill((byte)(random.Next(2) * 255));
                    break;
            }
        }
        return random.Next(8) == 0 ? bad[..random.Next(bad.Length)] : bad;
    }

    private static byte[] Plain(bool isBigEndian)
    {
        var builder = new PerfDataBuilder(isBigEndian);
        for (uint i = 0; i < 20; i++)
            builder.Sample(i, i * 1_000);
        return builder.Lost(3, 21_000).Text(3, "host").Text(4, "6.12").Section(11, [.. builder.Word32(1), .. builder.Word32(4), .. "ls\0\0"u8]).Build();
    }

    private static IEnumerable<byte[]> Stored() => Directory.EnumerateFiles(Repository.Data("perf"), "*.data").Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private static byte[] Recorded(string option) => Record($"perf record -q -e page-faults -c 1 {option} -o FILE -- true");

    private static byte[] RecordedToPipe() => Record("perf record -q -e page-faults -c 1 -o - -- true > FILE");

    private static byte[] Record(string line)
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, Command.Run("sh", ["-c", line.Replace("FILE", file, StringComparison.Ordinal)]).ExitCode);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".old");
        }
    }
}
