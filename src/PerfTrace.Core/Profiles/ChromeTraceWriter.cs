using System.Globalization;
using System.Text.Json;

namespace PerfTrace.Profiles;

/// <summary>Chrome's trace event format, as a JSON object: the stacks as a tree (stackFrames), the samples, and the names of processes and threads.</summary>
internal static class ChromeTraceWriter
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static void Write(Stream stream, TimedProfile profile)
    {
        ulong begin = profile.Begin;
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        WriteNames(json, profile);
        WriteStacks(json, profile);
        json.WriteStartArray("samples");
        for (int t = 0; t < profile.Trees.Count; t++)
        {
            foreach (ProfileThread thread in profile.Threads.Where(th => th.Tree == profile.Trees[t]))
            {
                foreach (ProfileThread.Sample sample in thread.Samples)
                {
                    json.WriteStartObject();
                    json.WriteNumber("cpu", sample.Cpu);
                    json.WriteNumber("tid", thread.ThreadId);
                    json.WriteNumber("ts", (sample.Time - begin) / NanosecondsPerMicrosecond);
                    json.WriteString("name", thread.Tree.Event ?? "samples");
                    json.WriteString("sf", Id(t, sample.Node));
                    json.WriteNumber("weight", sample.Weight);
                    json.WriteEndObject();
                }
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, TimedProfile profile)
    {
        json.WriteStartArray("traceEvents");
        foreach (ProfileThread thread in profile.Threads.DistinctBy(static t => (t.ProcessId, t.ThreadId)))
        {
            // The name of a process is that of its first thread.
            if (thread.ProcessId == thread.ThreadId)
                WriteName(json, "process_name", thread);
            WriteName(json, "thread_name", thread);
        }
        json.WriteEndArray();
    }

    private static void WriteName(Utf8JsonWriter json, string what, ProfileThread thread)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", thread.ProcessId);
        json.WriteNumber("tid", thread.ThreadId);
        json.WriteStartObject("args");
        json.WriteString("name", thread.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStacks(Utf8JsonWriter json, TimedProfile profile)
    {
        json.WriteStartObject("stackFrames");
        for (int t = 0; t < profile.Trees.Count; t++)
        {
            CallTree tree = profile.Trees[t];
            for (int node = 1; node < tree.Count; node++)
            {
                json.WriteStartObject(Id(t, node));
                json.WriteString("name", tree.FrameOf(node).Name);
                if (tree.FrameOf(node).Module is { } module)
                    json.WriteString("category", module);
                if (tree[node].Parent != 0)
                    json.WriteString("parent", Id(t, tree[node].Parent));
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }

    private static string Id(int tree, int node) => string.Create(CultureInfo.InvariantCulture, $"{tree}.{node}");
}
