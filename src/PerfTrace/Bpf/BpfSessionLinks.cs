using System.Collections.Concurrent;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>The links that this session keeps alive, by id: whoever names one by its id means the object that holds it.</summary>
internal static class BpfSessionLinks
{
    private static readonly ConcurrentDictionary<uint, BpfLink> All = new();

    /// <summary>Remembers a link until it is disposed of.</summary>
    public static void Add(BpfLink link)
    {
        All[link.Id] = link;
        link.DisposeWith(new Entry(link.Id));
    }

    /// <summary>The object that holds a link; null: this session does not.</summary>
    public static BpfLink? Find(uint id) => All.GetValueOrDefault(id);

    private sealed class Entry(uint id) : IDisposable
    {
        public void Dispose() => All.TryRemove(id, out _);
    }
}
