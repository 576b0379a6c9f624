using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>The sections of a perf.data file that tell of its events, as <c>tools/perf/util/header.c</c> and <c>trace-event-info.c</c> lay them out.</summary>
internal static class EventSections
{
    // PERF_ATTR_SIZE_VER7: readers refuse an attribute that is longer than those they know, and this one says all but config3 (Linux 6.3).
    public const int AttributeSize = 128;

    /// <summary>struct perf_event_attr as the file has it.</summary>
    public static ReadOnlySpan<byte> AttributeBytes(in PerfEventAttr attributes, Span<byte> room)
    {
        PerfEventAttr copy = attributes;
        copy.Size = AttributeSize;
        MemoryMarshal.AsBytes(new ReadOnlySpan<PerfEventAttr>(in copy))[..AttributeSize].CopyTo(room);
        return room[..AttributeSize];
    }

    /// <summary>u32 count, u32 attribute size; each: the attribute, u32 number of ids, the name, the ids.</summary>
    public static byte[] Description(IReadOnlyList<SampledEvent> events)
    {
        Span<byte> room = stackalloc byte[AttributeSize];
        RecordBuffer buffer = new RecordBuffer().Word32((uint)events.Count).Word32(AttributeSize);
        foreach (SampledEvent e in events)
        {
            buffer.Bytes(AttributeBytes(in e.Attributes, room)).Word32((uint)e.Ids.Count).CountedText(e.Name);
            foreach (ulong id in e.Ids)
                buffer.Word64(id);
        }
        return buffer.ToArray();
    }

    /// <summary>u32 count; each: the group's name, u32 index of its leader, u32 number of events. Null without groups.</summary>
    public static byte[]? Groups(IReadOnlyList<SampledEvent> events)
    {
        var buffer = new RecordBuffer();
        uint count = 0;
        for (int i = 0; i < events.Count; i++)
        {
            if (events[i].GroupName is not { } name)
                continue;
            buffer.CountedText(name.Length > 0 ? name : "{anon_group}").Word32((uint)i).Word32((uint)(1 + events.Count(e => e.Leader == events[i])));
            count++;
        }
        return count == 0 ? null : [.. new RecordBuffer().Word32(count).ToArray(), .. buffer.Span];
    }

    /// <summary>What is needed to read the payload of tracepoints; null without any.</summary>
    /// <exception cref="KernelException">tracefs can not be read.</exception>
    public static byte[]? Tracing(IReadOnlyList<SampledEvent> events, SystemPaths paths)
    {
        const string Version = "0.6";
        string[] names = [.. events.Where(static e => e.Source?.Kind == PerfEventKind.Tracepoint).Select(static e => NameOf(e.Source!)).Distinct()];
        if (names.Length == 0)
            return null;
        string tracing = TraceFileSystem.Require(paths), folder = Path.Combine(tracing, "events");
        var buffer = new RecordBuffer();
        buffer.Bytes([23, 8, 68]).Bytes("tracing"u8).Text(Version, 1).Byte((byte)(BitConverter.IsLittleEndian ? 0 : 1)).Byte(sizeof(ulong)).Word32((uint)Environment.SystemPageSize);
        buffer.Text("header_page", 1).Append(Path.Combine(folder, "header_page"));
        buffer.Text("header_event", 1).Append(Path.Combine(folder, "header_event"));
        // Events of ftrace's own tracers come first, without a system; the others by their systems.
        ILookup<string, string> systems = names.ToLookup(static n => n[..n.IndexOf(':')], static n => n[(n.IndexOf(':') + 1)..]);
        string[] own = [.. systems["ftrace"]];
        buffer.Word32((uint)own.Length);
        foreach (string name in own)
            buffer.Append(Path.Combine(folder, "ftrace", name, "format"));
        IGrouping<string, string>[] others = [.. systems.Where(static s => s.Key != "ftrace")];
        buffer.Word32((uint)others.Length);
        foreach (IGrouping<string, string> system in others)
        {
            buffer.Text(system.Key, 1).Word32((uint)system.Count());
            foreach (string name in system)
                buffer.Append(Path.Combine(folder, system.Key, name, "format"));
        }
        // The kernel's symbols: none, as perf has it; the records have their addresses told otherwise.
        buffer.Word32(0);
        byte[] formats = KernelFile.ReadBytes(Path.Combine(tracing, "printk_formats"));
        buffer.Word32((uint)formats.Length).Bytes(formats);
        buffer.Append(Path.Combine(tracing, "saved_cmdlines"));
        return buffer.ToArray();
    }

    /// <summary>system:name without the modifiers behind it.</summary>
    public static string NameOf(PerfEvent tracepoint)
    {
        string[] parts = tracepoint.Name.Split(':');
        return $"{parts[0]}:{parts[1]}";
    }

    // u64 size, content.
    private static void Append(this RecordBuffer buffer, string path)
    {
        byte[] content = KernelFile.ReadBytes(path);
        buffer.Word64((ulong)content.Length).Bytes(content);
    }
}
