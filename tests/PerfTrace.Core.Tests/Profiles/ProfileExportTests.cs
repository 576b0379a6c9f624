using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class ProfileExportTests : IDisposable
{
    private readonly StackMaker _make = new();

    public void Dispose() => _make.Dispose();

    [Fact]
    public void Pprof_has_samples_locations_and_functions()
    {
        using var gzip = new GZipStream(Write(ProfileFormat.Pprof, Samples), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        var profile = new Message(bytes.ToArray());

        string[] strings = [.. profile.All(6).Select(b => System.Text.Encoding.UTF8.GetString(b))];
        Assert.Equal("", strings[0]);
        Assert.Equal(["cpu-clock:samples/count", "cpu-clock/nanoseconds", "page-faults:samples/count", "page-faults/count"],
            profile.All(1).Select(b => new Message(b)).Select(m => $"{strings[m.Number(1)]}/{strings[m.Number(2)]}"));
        Assert.Equal("cpu-clock", strings[profile.Number(14)]);
        Assert.Equal((1_000, 3_000), (profile.Number(9), profile.Number(10)));

        Dictionary<long, string> functions = profile.All(5).Select(b => new Message(b)).ToDictionary(m => m.Number(1), m => strings[m.Number(2)]);
        Dictionary<long, string> mappings = profile.All(3).Select(b => new Message(b)).ToDictionary(m => m.Number(1), m => strings[m.Number(5)]);
        Dictionary<long, string> locations = profile.All(4).Select(b => new Message(b)).ToDictionary(m => m.Number(1),
            m => $"{mappings[m.Number(2)]}!{(m.All(4).Any() ? functions[new Message(m.All(4).Single()).Number(1)] : $"0x{m.Number(3):x}")}");
        string[] stacks = [.. profile.All(2).Select(b => new Message(b)).Select(m =>
            $"{string.Join('<', Message.Packed(m.All(1).Single()).Select(l => locations[l]))} {string.Join(',', Message.Packed(m.All(2).Single()))} "
            + string.Join(',', m.All(3).Select(b => new Message(b)).Select(l => $"{strings[l.Number(1)]}={(l.Number(2) != 0 ? strings[l.Number(2)] : $"{l.Number(3)}")}")))];
        Assert.Equal(
        [
            "app!f<app!main 2,500,0,0 thread=app,pid=12,tid=12",
            "[kernel.kallsyms]!read<app!main 1,100,0,0 thread=app,pid=12,tid=13",
            $"libz.so!0x{_make.Frame("?libz.so").Address:x}<app!main 0,0,1,1 thread=app,pid=12,tid=12",
        ], stacks);
    }

    [Fact]
    public void Speedscope_has_a_profile_for_each_event_and_thread()
    {
        JsonElement file = JsonDocument.Parse(Write(ProfileFormat.Speedscope, Samples)).RootElement;

        string[] frames = [.. file.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("name").GetString()!)];
        var profiles = file.GetProperty("profiles").EnumerateArray().ToList();
        Assert.Equal(["app 12 (cpu-clock)", "app 13 (cpu-clock)", "app 12 (page-faults)"], profiles.Select(p => p.GetProperty("name").GetString()));
        Assert.Equal(["nanoseconds", "nanoseconds", "none"], profiles.Select(p => p.GetProperty("unit").GetString()));
        Assert.Equal([500, 100, 1], profiles.Select(p => p.GetProperty("endValue").GetInt64()));
        Assert.Equal(["main;f", "main;f"], profiles[0].GetProperty("samples").EnumerateArray().Select(s => string.Join(';', s.EnumerateArray().Select(i => frames[i.GetInt32()]))));
        Assert.Equal([200, 300], profiles[0].GetProperty("weights").EnumerateArray().Select(w => w.GetInt64()));
    }

    [Fact]
    public void Gecko_has_tables_for_each_thread()
    {
        JsonElement file = JsonDocument.Parse(Write(ProfileFormat.Gecko, Samples)).RootElement;

        Assert.Equal(24, file.GetProperty("meta").GetProperty("version").GetInt32());
        var thread = file.GetProperty("threads")[1];
        Assert.Equal((13, "app (cpu-clock)"), (thread.GetProperty("tid").GetInt32(), thread.GetProperty("name").GetString()));
        string[] strings = [.. thread.GetProperty("stringTable").EnumerateArray().Select(s => s.GetString()!)];
        JsonElement stacks = thread.GetProperty("stackTable").GetProperty("data"), frames = thread.GetProperty("frameTable").GetProperty("data");
        var sample = thread.GetProperty("samples").GetProperty("data").EnumerateArray().Single();
        var names = new List<string>();
        for (JsonElement at = sample[0]; at.ValueKind == JsonValueKind.Number; at = stacks[at.GetInt32()][0])
            names.Add(strings[frames[stacks[at.GetInt32()][1].GetInt32()][0].GetInt32()]);
        Assert.Equal(["read (in [kernel.kallsyms])", "main (in app)"], names);
        Assert.Equal(0.002, sample[1].GetDouble(), 9);
        // A stack's prefix stands before it.
        Assert.All(stacks.EnumerateArray().Select((s, i) => (s, i)), p => Assert.True(p.s[0].ValueKind == JsonValueKind.Null || p.s[0].GetInt32() < p.i));
        // Rows are as long as their schema.
        foreach (string table in (string[])["samples", "stackTable", "frameTable"])
        {
            int columns = thread.GetProperty(table).GetProperty("schema").EnumerateObject().Count();
            Assert.All(thread.GetProperty(table).GetProperty("data").EnumerateArray(), row => Assert.Equal(columns, row.GetArrayLength()));
        }
    }

    [Fact]
    public void Chromes_trace_has_samples_with_their_stacks()
    {
        JsonElement file = JsonDocument.Parse(Write(ProfileFormat.ChromeTrace, Samples)).RootElement;

        JsonElement frames = file.GetProperty("stackFrames");
        string[] samples = [.. file.GetProperty("samples").EnumerateArray().Select(s =>
        {
            var names = new List<string>();
            for (string? id = s.GetProperty("sf").GetString(); id is not null; id = frames.GetProperty(id).TryGetProperty("parent", out JsonElement parent) ? parent.GetString() : null)
                names.Add(frames.GetProperty(id).GetProperty("name").GetString()!);
            return FormattableString.Invariant($"{s.GetProperty("name").GetString()} {s.GetProperty("tid").GetInt32()} {s.GetProperty("ts").GetDouble()} {string.Join('<', names)}");
        })];
        Assert.Equal(["cpu-clock 12 0 f<main", "cpu-clock 12 1 f<main", "cpu-clock 13 2 read<main", "page-faults 12 3 [libz.so]<main"], samples);
        Assert.Contains("process_name", file.GetProperty("traceEvents").EnumerateArray().Select(e => e.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData(ProfileFormat.Pprof)]
    [InlineData(ProfileFormat.Speedscope)]
    [InlineData(ProfileFormat.Gecko)]
    [InlineData(ProfileFormat.ChromeTrace)]
    public void Folded_stacks_are_written_too(ProfileFormat format)
    {
        var profile = new TimedProfile(SampleFilter.All, ProfileExport.NeedsAddresses(format));
        profile.Add(FoldedStack.Parse("app;main;f 5"));
        profile.Add(FoldedStack.Parse("app;main;g 3"));
        using var stream = new MemoryStream();
        ProfileExport.Write(stream, profile, format, "folded");

        Assert.True(stream.Length > 100);
        Assert.Equal([null], profile.Events);
    }

    private PerfSample[] Samples =>
    [
        _make.Sample("main;f", 200, time: 1_000), _make.Sample("main;f", 300, time: 2_000), _make.Sample("main;read_[k]", 100, thread: 13, time: 3_000),
        _make.Sample("main;?libz.so", 1, eventName: "page-faults", time: 4_000),
    ];

    private static MemoryStream Write(ProfileFormat format, IEnumerable<PerfSample> samples)
    {
        var profile = new TimedProfile(SampleFilter.All, ProfileExport.NeedsAddresses(format));
        foreach (PerfSample sample in samples)
            profile.Add(sample);
        var stream = new MemoryStream();
        ProfileExport.Write(stream, profile, format, "test");
        stream.Position = 0;
        return stream;
    }

    /// <summary>The fields of a protobuf message, by their numbers.</summary>
    private sealed class Message
    {
        private readonly List<(int Field, long Number, byte[]? Bytes)> _fields = [];

        public Message(byte[] bytes)
        {
            using var input = new CodedInputStream(bytes);
            for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                int field = WireFormat.GetTagFieldNumber(tag);
                if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                    _fields.Add((field, 0, input.ReadBytes().ToByteArray()));
                else
                    _fields.Add((field, input.ReadInt64(), null));
            }
        }

        public static IEnumerable<long> Packed(byte[] bytes)
        {
            var numbers = new List<long>();
            using var input = new CodedInputStream(bytes);
            while (!input.IsAtEnd)
                numbers.Add(input.ReadInt64());
            return numbers;
        }

        public IEnumerable<byte[]> All(int field) => _fields.Where(f => f.Field == field).Select(f => f.Bytes!);

        public long Number(int field) => _fields.Where(f => f.Field == field).Select(f => f.Number).LastOrDefault();
    }
}
