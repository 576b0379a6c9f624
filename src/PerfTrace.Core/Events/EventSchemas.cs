using System.Collections.Concurrent;

namespace PerfTrace.Events;

/// <summary>The classes made so far in this process. A class can not be unloaded, so that each format has only one.</summary>
public static class EventSchemas
{
    private static readonly ConcurrentDictionary<Key, Lazy<EventSchema>> Known = new();

    // The id is not part of it: that of a probe changes each time it is made anew.
    private readonly record struct Key(string System, string Name, string PrintFormat, string Fields);

    /// <summary>The class for a format; made when it is first asked for.</summary>
    public static EventSchema For(EventFormat format) =>
        Known.GetOrAdd(
            new Key(format.System, format.Name, format.PrintFormat, string.Join(';', format.CommonFields.Concat(format.Fields).Select(static f => $"{f.TypeName} {f.Name} {f.Offset} {f.Size} {f.IsSigned}"))),
            static (_, format) => new Lazy<EventSchema>(() => new EventSchema(format)), format).Value;
}
