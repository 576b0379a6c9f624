using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Samples;

/// <summary>Recordings as Android's simpleperf makes them: the symbols come with them, as the files are on the device.</summary>
public sealed class SimpleperfTests
{
    // PERF_SAMPLE_IP | TID | TIME | CALLCHAIN | PERIOD
    private const ulong ChainType = 0x127;
    private const ulong Kernel = unchecked((ulong)-128), User = unchecked((ulong)-512), KernelText = 0xffffff8008080000;

    [Theory]
    [InlineData(false, 128)]
    [InlineData(true, 128)]
    [InlineData(false, 132)]
    [InlineData(true, 132)]
    public void Frames_have_the_names_that_the_recording_tells(bool isBigEndian, int section)
    {
        byte[] file = Device(isBigEndian, section, out SimpleperfFiles _);

        List<PerfSample> samples = Read(file, out PerfSampleReader reader);

        Assert.Null(reader.Problem);
        PerfSample sample = Assert.Single(samples);
        Assert.Equal(("cpu-cycles:u", "app"), (sample.EventName, sample.CommandName));
        Assert.Equal([("el0_sync", 0x10), ("foo::bar", 0x10), (null, null), ("old_function", 4), ("Lcom/example/Main;->run", 0x20), ("start", 8)],
            sample.CallStack!.Select(static f => (f.Symbol, (int?)f.SymbolOffset)));
        Assert.Equal(["[kernel.kallsyms]", "libx.so", "libx.so", "libold.so", "base.vdex", "app"], sample.CallStack!.Select(static f => f.Module));
    }

    [Fact]
    public void The_header_tells_what_it_was_made_by_and_what_its_records_are()
    {
        PerfDataInfo info = PerfDataInspector.Read(new MemoryStream(Device(false, 132, out _)), "", out PerfDataException? problem);

        Assert.Null(problem);
        Assert.Equal(("simpleperf 1.build.7848450", "aarch64"), (info.PerfVersion, info.Architecture));
        Assert.Equal("cpu-cycles:u", info.Events.Single().Name);
        Assert.Contains(PerfDataFeature.SimpleperfFile2, info.Features);
        Assert.Contains("SIMPLEPERF_EVENT_ID", info.Records.Select(static r => r.Type));
    }

    [Fact]
    public void Files_that_are_here_name_themselves()
    {
        var builder = new PerfDataBuilder(false, ChainType);
        string libc = File.ReadLines("/proc/self/maps").First(static l => l.Contains("r-xp", StringComparison.Ordinal) && l.Contains("/libc.so.6", StringComparison.Ordinal)).Split(' ')[^1];
        using var symbols = new SymbolStore(SystemPaths.Default);
        ulong place = Enumerable.Range(0, 1 << 20).Select(static i => (ulong)i * 16).First(p => new CodeModule(symbols, libc, CodeModuleKind.File).Symbols.Find(p)?.Start == p);
        byte[] file = builder.Map(7, 0x10000, 0x1000000, 0, libc)
            .Section(128, new SimpleperfFiles(builder).Add(libc, SimpleperfFiles.Elf, 0, 0, (place, 4096, "told")).Structures)
            .Record(9, 2, Chain(builder, 0x10000 + place, [User, 0x10000 + place])).Build();

        Assert.NotEqual("told", Assert.Single(Read(file, out _)).Symbol);
    }

    [Fact]
    public void Counters_that_were_opened_later_are_known_by_a_record()
    {
        PerfDataAttribute[] attributes = [.. ((ulong[])[0, 2]).Select(static c => new PerfDataAttribute(1, c, 1, PerfSampleFormat.Id | PerfSampleFormat.Tid, default, default, [c + 100]))];
        var events = new PerfDataEvents(attributes);
        var builder = new PerfDataBuilder(false);
        byte[] record = builder.Record(32774, 0, [.. builder.Word64(2), .. builder.Word64(1), .. builder.Word64(777), .. builder.Word64(9), .. builder.Word64(778)]).Records;

        events.AddNames([("first", 1, 0), ("second", 1, 2), ("none", 1, 3)]);
        events.AddIds(new PerfDataBytes(record, false, 0));

        Assert.Equal((1, null, 0), (events.OfId(777), events.OfId(778), events.OfId(100)));
        Assert.Equal(("first", "second"), (events.NameOf(0), events.NameOf(1)));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(132)]
    public void Damaged_symbols_are_told_and_the_samples_come(int section)
    {
        byte[] file = Device(false, section, out SimpleperfFiles files), good = section == 128 ? files.Structures : files.Messages;
        int at = file.AsSpan().IndexOf(good);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. file];
            bad[at + i] = 0xff;
            Assert.Single(Read(bad, out PerfSampleReader reader));
            Assert.True(i > 3 || reader.Problem is not null);
        }
    }

    // A recording with a kernel, a library whose code is elsewhere in the file than in memory, one of before Android 11, a file of dex code, and a program mapped before.
    internal static byte[] Device(bool isBigEndian, int section, out SimpleperfFiles files)
    {
        var builder = new PerfDataBuilder(isBigEndian, ChainType, type: 0, config: 0);
        files = new SimpleperfFiles(builder)
            .Add("[kernel.kallsyms]", SimpleperfFiles.Kernel, KernelText, null, (KernelText + 0x1000, 0x100, "el0_sync"))
            .Add("/system/lib64/libx.so", SimpleperfFiles.Elf, 0x2000, 0x1000, (0x2100, 0x40, "_ZN3foo3barEv"), (0x2200, 0x10, "last"))
            .Add("/system/lib64/libold.so", SimpleperfFiles.Elf, 0x2000, null, (0x2300, 0x40, "old_function"))
            .Add("/data/app/base.vdex", SimpleperfFiles.Dex, 0, null, (0x5000, 0x80, "Lcom/example/Main;->run"))
            .Add("/data/app/app", SimpleperfFiles.Elf, 0, 0, (0x100, 0x20, "start"));
        byte[] before = new PerfDataBuilder(isBigEndian).Map(7, 0x90000000, 0x1000, 0, "/data/app/app").Records;
        return builder.Text(4, "4.14.113-25950142").Text(6, "aarch64").Section(section, section == 128 ? files.Structures : files.Messages)
            .Section(129, [.. "simpleperf_version\01.build.7848450\0"u8, .. "event_type_info\0cpu-cycles:u,0,0\nsched:sched_switch,2,45\0"u8])
            .Section(134, before)
            .Record(1, 1, [.. builder.Word32(uint.MaxValue), .. builder.Word32(0), .. builder.Word64(KernelText), .. builder.Word64(0x2000000), .. builder.Word64(KernelText), .. PerfDataBuilder.Name("[kernel.kallsyms]"), .. new byte[16]])
            .Map(7, 0x70000000, 0x10000, 0x1000, "/system/lib64/libx.so").Map(7, 0x71000000, 0x10000, 0x2000, "/system/lib64/libold.so").Map(7, 0x72000000, 0x10000, 0x4000, "/data/app/base.vdex")
            .Comm(7, 7, "app", 1).Record(32774, 0, [.. builder.Word64(1), .. builder.Word64(0), .. builder.Word64(5)])
            .Record(9, 1, Chain(builder, KernelText + 0x1010, [Kernel, KernelText + 0x1010, User, 0x70000110, 0x70000150, 0x71000304, 0x72001020, 0x90000108])).Build();
    }

    private static byte[] Chain(PerfDataBuilder builder, ulong ip, ulong[] chain) =>
        [.. builder.Word64(ip), .. builder.Word32(7), .. builder.Word32(7), .. builder.Word64(10), .. builder.Word64(5), .. builder.Word64((ulong)chain.Length), .. chain.SelectMany(builder.Word64)];

    private static List<PerfSample> Read(byte[] file, out PerfSampleReader reader)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        reader = PerfSampleReader.Open(new MemoryStream(file), symbols);
        using (reader)
        {
            var samples = new List<PerfSample>();
            while (reader.TryRead(out PerfSample? sample))
            {
                _ = sample.CallStack?.Count(static f => f.Symbol is not null);
                samples.Add(sample);
            }
            return samples;
        }
    }
}
