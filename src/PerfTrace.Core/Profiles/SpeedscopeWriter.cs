using System.Text.Json;

namespace PerfTrace.Profiles;

/// <summary>The file format of speedscope (its schema is at https://www.speedscope.app/file-format-schema.json): a sampled profile for each event and thread.</summary>
internal static class SpeedscopeWriter
{
    public static void Write(Stream stream, TimedProfile profile, string name)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("name", name);
        json.WriteString("exporter", "PerfTrace");
        json.WriteNumber("activeProfileIndex", 0);
        WriteFrames(json, profile.Frames);
        json.WriteStartArray("profiles");
        foreach (ProfileThread thread in profile.Threads)
            WriteThread(json, thread, profile.Trees.Count > 1);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFrames(Utf8JsonWriter json, FrameTable frames)
    {
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        for (int i = 0; i < frames.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", frames[i].Name);
            // What it colours by.
            if (frames[i].Module is { } module)
                json.WriteString("file", module);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteThread(Utf8JsonWriter json, ProfileThread thread, bool isOneOfSeveralEvents)
    {
        string unit = FlameGraph.UnitOf(thread.Tree.Event, countsSamples: false);
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", $"{thread.Name}{(thread.ThreadId == 0 ? "" : FormattableString.Invariant($" {thread.ThreadId}"))}{(isOneOfSeveralEvents ? $" ({thread.Tree.Event})" : "")}");
        json.WriteString("unit", unit == "ns" ? "nanoseconds" : "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", thread.Samples.Sum(static s => s.Weight));
        json.WriteStartArray("samples");
        var stack = new List<int>();
        foreach (ProfileThread.Sample sample in thread.Samples)
        {
            stack.Clear();
            for (int node = sample.Node; node != 0; node = thread.Tree[node].Parent)
                stack.Add(thread.Tree[node].Frame);
            json.WriteStartArray();
            for (int i = stack.Count - 1; i >= 0; i--)
                json.WriteNumberValue(stack[i]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (ProfileThread.Sample sample in thread.Samples)
            json.WriteNumberValue(sample.Weight);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
