using System.Text.Json;

namespace PerfTrace.Profiles;

/// <summary>
/// The raw profile of Gecko's profiler, in version 24, which the Firefox Profiler brings up to date itself: tables of strings, frames and stacks for each
/// thread. It knows times, but no weights.
/// </summary>
internal static class GeckoWriter
{
    private const int Version = 24;
    private const double NanosecondsPerMillisecond = 1e6;

    private static readonly (string Name, string Color, FrameKind[] Kinds)[] Categories =
    [
        ("User", "yellow", [FrameKind.User, FrameKind.Inlined, FrameKind.Label]),
        ("Kernel", "blue", [FrameKind.Kernel]),
        ("Generated", "green", [FrameKind.Generated]),
        ("Other", "grey", [FrameKind.Unknown]),
    ];

    public static void Write(Stream stream, TimedProfile profile, string name)
    {
        ulong begin = profile.Begin;
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        WriteMeta(json, profile, name);
        json.WriteStartArray("libs");
        json.WriteEndArray();
        json.WriteStartArray("threads");
        foreach (ProfileThread thread in profile.Threads)
            WriteThread(json, thread, begin, profile.Trees.Count > 1);
        json.WriteEndArray();
        json.WriteStartArray("processes");
        json.WriteEndArray();
        json.WriteStartArray("pausedRanges");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter json, TimedProfile profile, string name)
    {
        json.WriteStartObject("meta");
        json.WriteNumber("version", Version);
        json.WriteNumber("startTime", 0);
        json.WriteNull("shutdownTime");
        json.WriteNumber("interval", Interval(profile));
        json.WriteNumber("processType", 0);
        json.WriteNumber("stackwalk", 1);
        json.WriteNumber("debug", 0);
        json.WriteNumber("gcpoison", 0);
        json.WriteNumber("asyncstack", 1);
        json.WriteBoolean("presymbolicated", true);
        json.WriteString("product", name);
        json.WriteStartArray("categories");
        foreach ((string category, string color, FrameKind[] _) in Categories)
        {
            json.WriteStartObject();
            json.WriteString("name", category);
            json.WriteString("color", color);
            json.WriteStartArray("subcategories");
            json.WriteStringValue("Other");
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("markerSchema");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Milliseconds from sample to sample: the median over the threads.
    private static double Interval(TimedProfile profile)
    {
        double[] steps = [.. profile.Threads.Where(static t => t.Samples.Count > 1)
            .Select(static t => (t.Samples[^1].Time - t.Samples[0].Time) / NanosecondsPerMillisecond / (t.Samples.Count - 1)).Order()];
        return steps.Length == 0 || steps[steps.Length / 2] <= 0 ? 1 : steps[steps.Length / 2];
    }

    private static void WriteThread(Utf8JsonWriter json, ProfileThread thread, ulong begin, bool isOneOfSeveralEvents)
    {
        var tables = new Tables(thread.Tree);
        int[] stacks = [.. thread.Samples.Select(s => tables.Stack(s.Node))];
        json.WriteStartObject();
        json.WriteString("name", isOneOfSeveralEvents ? $"{thread.Name} ({thread.Tree.Event})" : thread.Name);
        json.WriteString("processType", "default");
        json.WriteString("processName", thread.Name);
        json.WriteNumber("pid", thread.ProcessId);
        json.WriteNumber("tid", thread.ThreadId);
        json.WriteNumber("registerTime", 0);
        json.WriteNull("unregisterTime");
        WriteSchema(json, "markers", ["name", "startTime", "endTime", "phase", "category", "data"], [], static (_, _) => { });
        WriteSchema(json, "samples", ["stack", "time", "responsiveness"], Enumerable.Range(0, stacks.Length), (j, i) =>
        {
            j.WriteNumberValue(stacks[i]);
            j.WriteNumberValue((thread.Samples[i].Time - begin) / NanosecondsPerMillisecond);
            j.WriteNumberValue(0);
        });
        WriteSchema(json, "stackTable", ["prefix", "frame"], Enumerable.Range(0, tables.Stacks.Count), (j, i) =>
        {
            if (tables.Stacks[i].Prefix < 0)
                j.WriteNullValue();
            else
                j.WriteNumberValue(tables.Stacks[i].Prefix);
            j.WriteNumberValue(tables.Stacks[i].Frame);
        });
        WriteSchema(json, "frameTable", ["location", "relevantForJS", "innerWindowID", "implementation", "optimizations", "line", "column", "category", "subcategory"],
            Enumerable.Range(0, tables.Frames.Count), (j, i) =>
        {
            ProfileFrame frame = thread.Tree.Frames[tables.Frames[i]];
            j.WriteNumberValue(i); // one string for each frame
            j.WriteBooleanValue(false);
            j.WriteNumberValue(0);
            for (int empty = 0; empty < 4; empty++)
                j.WriteNullValue();
            j.WriteNumberValue(Array.FindIndex(Categories, c => c.Kinds.Contains(frame.Kind)));
            j.WriteNumberValue(0);
        });
        json.WriteStartArray("stringTable");
        foreach (int number in tables.Frames)
        {
            ProfileFrame frame = thread.Tree.Frames[number];
            json.WriteStringValue(frame.Module is null ? frame.Name : $"{frame.Name} (in {frame.Module})");
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, string name, string[] columns, IEnumerable<int> rows, Action<Utf8JsonWriter, int> write)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("schema");
        for (int i = 0; i < columns.Length; i++)
            json.WriteNumber(columns[i], i);
        json.WriteEndObject();
        json.WriteStartArray("data");
        foreach (int row in rows)
        {
            json.WriteStartArray();
            write(json, row);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // The part of a tree that one thread has, numbered anew.
    private sealed class Tables(CallTree tree)
    {
        private readonly Dictionary<int, int> _stacks = [];
        private readonly Dictionary<int, int> _frames = [];

        public List<(int Prefix, int Frame)> Stacks { get; } = [];

        public List<int> Frames { get; } = [];

        public int Stack(int node)
        {
            // From the outermost frame that is not there yet: a prefix stands before what it is the prefix of.
            var missing = new Stack<int>();
            for (; node != 0 && !_stacks.ContainsKey(node); node = tree[node].Parent)
                missing.Push(node);
            int prefix = node == 0 ? -1 : _stacks[node];
            while (missing.TryPop(out int next))
            {
                Stacks.Add((prefix, Frame(tree[next].Frame)));
                _stacks.Add(next, prefix = Stacks.Count - 1);
            }
            return prefix;
        }

        private int Frame(int number)
        {
            if (!_frames.TryGetValue(number, out int local))
            {
                _frames.Add(number, local = Frames.Count);
                Frames.Add(number);
            }
            return local;
        }
    }
}
