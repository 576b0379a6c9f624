using System.IO.Compression;
using Google.Protobuf;

namespace PerfTrace.Profiles;

/// <summary>
/// profile.proto of pprof (https://github.com/google/pprof/blob/main/proto/profile.proto), compressed with gzip: for each event two values, how many samples and what they
/// stand for; threads and commands are labels.
/// </summary>
internal sealed class PprofWriter
{
    // Field numbers of the message Profile.
    private const int SampleType = 1, Sample = 2, Mapping = 3, Location = 4, Function = 5, StringTable = 6, TimeNanos = 9, DurationNanos = 10, DefaultSampleType = 14;

    private readonly CodedOutputStream _output;
    private readonly TimedProfile _profile;
    private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<string, int> _mappings = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string? Module, string? File), int> _functions = [];

    private PprofWriter(CodedOutputStream output, TimedProfile profile) => (_output, _profile) = (output, profile);

    public static void Write(Stream stream, TimedProfile profile)
    {
        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        using var output = new CodedOutputStream(gzip, leaveOpen: true);
        new PprofWriter(output, profile).WriteProfile();
    }

    private void WriteProfile()
    {
        foreach (CallTree tree in _profile.Trees)
        {
            string name = tree.Event ?? "stacks", unit = FlameGraph.UnitOf(tree.Event, countsSamples: false);
            string prefix = _profile.Trees.Count > 1 ? $"{name}:" : "";
            WriteValueType(prefix + "samples", "count");
            WriteValueType(name, unit switch { "ns" => "nanoseconds", _ => "count" });
        }
        foreach (ProfileThread thread in _profile.Threads)
            WriteSamples(thread);
        for (int frame = 0; frame < _profile.Frames.Count; frame++)
            WriteLocation(frame);
        foreach ((string module, int id) in _mappings)
        {
            WriteMessage(Mapping, m =>
            {
                WriteNumber(m, 1, id);
                WriteNumber(m, 5, Text(module));
                WriteNumber(m, 7, 1); // has_functions: pprof does not look for them itself
            });
        }
        foreach (((string name, string? _, string? file), int id) in _functions)
        {
            WriteMessage(Function, m =>
            {
                WriteNumber(m, 1, id);
                WriteNumber(m, 2, Text(name));
                WriteNumber(m, 3, Text(name));
                WriteNumber(m, 4, Text(file ?? ""));
            });
        }
        ulong begin = _profile.Begin, end = _profile.Threads.SelectMany(static t => t.Samples).Select(static s => s.Time).DefaultIfEmpty().Max();
        WriteNumber(_output, TimeNanos, (long)begin);
        WriteNumber(_output, DurationNanos, (long)(end - begin));
        // Without a choice pprof shows the last value of all; what the samples of the first event stand for is meant.
        if (_profile.Trees is [var first, ..])
            WriteNumber(_output, DefaultSampleType, Text(first.Event ?? "stacks"));
        // Last, as all of the above add to it; each string, also the first, which is empty.
        foreach (string text in _strings.Keys)
        {
            _output.WriteTag(StringTable, WireFormat.WireType.LengthDelimited);
            _output.WriteString(text);
        }
    }

    private void WriteValueType(string type, string unit) => WriteMessage(SampleType, m =>
    {
        WriteNumber(m, 1, Text(type));
        WriteNumber(m, 2, Text(unit));
    });

    private void WriteSamples(ProfileThread thread)
    {
        int place = _profile.Trees.TakeWhile(t => t != thread.Tree).Count() * 2;
        long[] values = new long[_profile.Trees.Count * 2];
        foreach (var stack in thread.Samples.GroupBy(static s => s.Node))
        {
            (values[place], values[place + 1]) = (stack.Count(), stack.Sum(static s => s.Weight));
            WriteMessage(Sample, m =>
            {
                WritePacked(m, 1, Locations(thread.Tree, stack.Key));
                WritePacked(m, 2, values);
                WriteLabel(m, "thread", thread.Name, 0);
                WriteLabel(m, "pid", null, thread.ProcessId);
                WriteLabel(m, "tid", null, thread.ThreadId);
            });
        }
    }

    // Innermost first; numbers from 1.
    private static IEnumerable<long> Locations(CallTree tree, int node)
    {
        for (; node != 0; node = tree[node].Parent)
            yield return tree[node].Frame + 1;
    }

    private void WriteLabel(CodedOutputStream message, string key, string? text, long number) => WriteMessage(message, 3, m =>
    {
        WriteNumber(m, 1, Text(key));
        if (text is not null)
            WriteNumber(m, 2, Text(text));
        else
            WriteNumber(m, 3, number);
    });

    private void WriteLocation(int number)
    {
        ProfileFrame frame = _profile.Frames[number];
        WriteMessage(Location, m =>
        {
            WriteNumber(m, 1, number + 1);
            if (frame.Module is { } module)
                WriteNumber(m, 2, Id(_mappings, module));
            WriteNumber(m, 3, (long)frame.Address);
            // What has no symbol is told by its address.
            if (frame.Symbol is { } symbol)
            {
                WriteMessage(m, 4, line =>
                {
                    WriteNumber(line, 1, Id(_functions, (symbol, frame.Module, frame.SourceFile)));
                    WriteNumber(line, 2, frame.SourceLine ?? 0);
                });
            }
        });
    }

    private int Text(string text)
    {
        if (!_strings.TryGetValue(text, out int number))
            _strings.Add(text, number = _strings.Count);
        return number;
    }

    private static int Id<T>(Dictionary<T, int> ids, T key)
        where T : notnull
    {
        if (!ids.TryGetValue(key, out int id))
            ids.Add(key, id = ids.Count + 1);
        return id;
    }

    private void WriteMessage(int field, Action<CodedOutputStream> write) => WriteMessage(_output, field, write);

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, leaveOpen: true))
            write(message);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static void WritePacked(CodedOutputStream message, int field, IEnumerable<long> values) => WriteMessage(message, field, m =>
    {
        foreach (long value in values)
            m.WriteInt64(value);
    });

    private static void WriteNumber(CodedOutputStream message, int field, long value)
    {
        if (value == 0)
            return;
        message.WriteTag(field, WireFormat.WireType.Varint);
        message.WriteInt64(value);
    }
}
