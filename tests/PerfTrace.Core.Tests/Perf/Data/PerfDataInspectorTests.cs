using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Data;

public sealed partial class PerfDataInspectorTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_file);
        File.Delete(_file + ".old");
    }

    public static TheoryData<string[]> Recordings => new(
        ["-e", "cpu-clock", "-F", "999", "-g", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=500", "status=none"],
        ["-e", "page-faults,context-switches", "-c", "1", "--", "sh", "-c", "true; true"],
        ["-z", "-e", "page-faults", "-c", "1", "-d", "--", "true"],
        ["-e", "{page-faults,minor-faults}", "-c", "1", "--", "true"]);

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Counts_and_header_are_perf_s_own(string[] arguments)
    {
        Assert.Equal(0, Command.Perf(["record", "-q", "-o", _file, .. arguments]).ExitCode);

        PerfDataInfo info = Read(_file, out PerfDataException? problem);

        Assert.Null(problem);
        Assert.True(info.IsComplete);
        string stats = Command.Perf(["report", "-i", _file, "--stats"]).Output;
        // "  SAMPLE events:  115  (87.8%)" of all together, and then the same of each event below its name.
        string[] parts = Parts(stats);
        Assert.Equal(Counts(parts[0]), info.Records.Where(static r => r.Type != "BPF_METADATA").ToDictionary(static r => r.Type, static r => r.Count));
        string[] named = [.. Heading().Matches(stats).Select(static m => m.Groups["name"].Value)];
        Assert.Equal(named.Zip(parts[1..], static (name, text) => (name, Counts(text)["SAMPLE"])), info.Events.Where(static e => e.Samples > 0).Select(static e => (e.Name, e.Samples)));

        string header = Command.Perf(["report", "-i", _file, "--header-only"]).Output;
        string Told(string name) => Regex.Match(header, $"(?m)^# {name} : (.*)$").Groups[1].Value.TrimEnd();
        Assert.Equal((Told("hostname"), Told("os release"), Told("perf version"), Told("arch"), Told("cpudesc"), Told("cpuid")),
            (info.HostName, info.OSRelease, info.PerfVersion, info.Architecture, info.CpuDescription, info.CpuId));
        Assert.Equal((Told("nrcpus online"), Told("nrcpus avail"), Told("total memory")), ($"{info.CpusOnline}", $"{info.CpusAvailable}", $"{info.TotalMemory / 1024} kB"));
        Assert.Equal(Told("cmdline"), string.Join(' ', info.CommandLine));
        Assert.Equal(header.Contains("compressed : Zstd", StringComparison.Ordinal) ? "zstd" : null, info.Compression);
        if (Told("time of first sample") is var first && first != "0.000000")
            Assert.Equal((first, Told("time of last sample")), (Seconds(info.FirstSample), Seconds(info.LastSample)));
    }

    [Fact]
    public void Build_ids_are_those_that_perf_lists()
    {
        Assert.Equal(0, Command.Perf(["record", "-q", "-o", _file, "-e", "page-faults", "-c", "1", "--", "true"]).ExitCode);

        PerfDataInfo info = Read(_file, out _);

        string[] listed = Command.Perf(["buildid-list", "-i", _file]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(listed, info.BuildIds.Select(static b => $"{b.BuildId} {b.Path}"));
        Assert.All(info.BuildIds, static b => Assert.Equal(b.Path.StartsWith("[kernel", StringComparison.Ordinal), b.IsKernel));
    }

    [Fact]
    public void What_was_written_to_a_pipe_tells_the_same()
    {
        Assert.Equal(0, Command.Run("sh", ["-c", $"perf record -q -e page-faults -c 1 -o - -- true > {_file}"]).ExitCode);

        PerfDataInfo info = Read(_file, out PerfDataException? problem);

        Assert.Null(problem);
        Assert.True(info.IsPipe);
        Assert.Equal(Counts(Parts(Command.Perf(["report", "-i", _file, "--stats"]).Output)[0]), info.Records.ToDictionary(static r => r.Type, static r => r.Count));
        Assert.Equal("page-faults", Assert.Single(info.Events).Name);
        Assert.Equal(info.Samples, info.Events[0].Samples);
        Assert.Equal(Environment.MachineName, info.HostName);
        Assert.Contains(PerfDataFeature.HostName, info.Features);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_of_either_byte_order(bool isBigEndian)
    {
        byte[] file = new PerfDataBuilder(isBigEndian).Text(3, "mips").Sample(1, 1_000).Sample(2, 3_000).Lost(7, 3_500).Record(68, 0, []).Build();

        PerfDataInfo info = Read(file, out PerfDataException? problem);

        Assert.Null(problem);
        Assert.Equal((isBigEndian, "mips", 2L, 7L), (info.IsBigEndian, info.HostName, info.Samples, info.Lost));
        Assert.Equal((TimeSpan.FromTicks(10), TimeSpan.FromTicks(30), TimeSpan.FromTicks(20)), (info.FirstSample, info.LastSample, info.Duration));
        Assert.Equal([("SAMPLE", 2L, 64L), ("LOST", 1L, 40L), ("FINISHED_ROUND", 1L, 8L)], info.Records.Select(static r => (r.Type, r.Count, r.Bytes)));
        PerfDataEvent e = Assert.Single(info.Events);
        Assert.Equal(("cpu-clock", 997UL, null, "Tid, Time, Period", 2L), (e.Name, e.Frequency, e.Period, e.SampleFields, e.Samples));
    }

    [Fact]
    public void A_file_that_is_cut_off_gives_what_came_before()
    {
        byte[] file = new PerfDataBuilder(false).Text(3, "host").Sample(1, 1_000).Sample(2, 2_000).Sample(3, 3_000).Build();
        const int DataAt = 104 + 80, SampleSize = 32;
        for (int length = DataAt + 1; length < file.Length; length++)
        {
            PerfDataInfo info = Read(file[..length], out PerfDataException? problem);

            Assert.NotNull(problem);
            Assert.False(info.IsComplete);
            Assert.Equal(Math.Min((length - DataAt) / SampleSize, 3), info.Samples);
        }
        for (int length = 0; length < DataAt; length++)
            Assert.ThrowsAny<PerfDataException>(() => Read(file[..length], out _));
    }

    [Fact]
    public void A_recorder_that_was_killed_has_left_its_samples()
    {
        byte[] file = new PerfDataBuilder(false).Sample(1, 1_000).Sample(2, 2_000).Build();
        file.AsSpan(48, 8).Clear(); // the size of the data, which perf writes last

        PerfDataInfo info = Read(file, out PerfDataException? problem);

        Assert.Null(problem);
        Assert.Equal(2, info.Samples);
    }

    [Theory]
    [InlineData("a record of no size", 0, "A record of 0 bytes can not be. (at offset 216, 0xd8)")]
    [InlineData("a record that reaches beyond the records", 4000, "A record of 4000 bytes reaches beyond the records, which end at offset 248. (at offset 216, 0xd8)")]
    public void A_size_that_lies_is_named_with_its_place(string _, int size, string message)
    {
        // The section is long enough to be taken for the rest of the record.
        byte[] file = new PerfDataBuilder(false).Text(3, new string('x', 8000)).Sample(1, 1_000).Record(9, 0, new byte[24], size).Build();

        PerfDataInfo info = Read(file, out PerfDataException? problem);

        Assert.Equal(message, problem!.Message);
        Assert.Equal(1, info.Samples);
    }

    [Fact]
    public void A_damaged_section_keeps_neither_the_others_nor_the_records()
    {
        var builder = new PerfDataBuilder(false);
        byte[] file = builder.Section(3, builder.Word32(uint.MaxValue)).Text(4, "6.12").Sample(1, 1_000).Build();

        PerfDataInfo info = Read(file, out PerfDataException? problem);

        Assert.Contains("more than the 4 bytes", problem!.Message, StringComparison.Ordinal);
        Assert.Equal((null, "6.12", 1L), (info.HostName, info.OSRelease, info.Samples));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PERFILE")]
    [InlineData("not a perf.data file at all")]
    [InlineData("PERFFILE0000000000000000")]
    public void What_is_no_perf_data_is_said_so(string text) =>
        Assert.Throws<PerfDataException>(() => Read(System.Text.Encoding.ASCII.GetBytes(text), out _));

    private static PerfDataInfo Read(string file, out PerfDataException? problem) => PerfDataInspector.Read(File.OpenRead(file), file, out problem);

    private static PerfDataInfo Read(byte[] file, out PerfDataException? problem) => PerfDataInspector.Read(new MemoryStream(file), "memory", out problem);

    private static Dictionary<string, long> Counts(string text) =>
        CountLine().Matches(text).Where(static m => m.Groups[1].Value != "TOTAL").ToDictionary(static m => m.Groups[1].Value, static m => long.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture));

    // perf cuts what it does not print.
    private static string Seconds(TimeSpan? time) => string.Create(CultureInfo.InvariantCulture, $"{time!.Value.Ticks / TimeSpan.TicksPerSecond}.{time.Value.Ticks % TimeSpan.TicksPerSecond / 10:000000}");

    [GeneratedRegex(@"(?m)^\s*([A-Z][A-Z_0-9]*) events:\s+(\d+)")]
    private static partial Regex CountLine();

    [GeneratedRegex(@"(?m)^(?!Aggregated)(?<name>\S.*) stats:$")]
    private static partial Regex Heading();

    // The text before the first event's name, and behind each.
    private static string[] Parts(string stats) => [.. Heading().Replace(stats, "\0").Split('\0')];
}
