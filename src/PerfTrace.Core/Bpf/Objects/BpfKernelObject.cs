using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// A program, map or link of the kernel's: a snapshot of what the kernel tells of it and, where this process made it, the descriptor that keeps it alive. Disposing
/// of one that is not owned does nothing.
/// </summary>
public abstract class BpfKernelObject : IDisposable
{
    private readonly Lazy<BpfUses> _uses;
    private readonly List<IDisposable> _companions = [];
    private FileDescriptor? _descriptor;

    private protected BpfKernelObject(FileDescriptor? owned, Lazy<BpfUses>? uses)
    {
        _descriptor = owned;
        _uses = uses ?? BpfUses.Later(SystemPaths.Default);
    }

    /// <summary>The kernel's number of it, from 1; each kind has its own numbers, and they are not given again soon.</summary>
    public uint Id { get; private protected init; }

    /// <summary>This object keeps it alive until it is disposed of.</summary>
    public bool IsOwned => _descriptor is { IsClosed: false };

    /// <summary>Where it is pinned in bpffs; looked up when first asked for, together for all objects of one listing.</summary>
    public IReadOnlyList<string> PinnedPath => _uses.Value.PathsOf(Kind, Id);

    /// <summary>The processes that hold a descriptor of it; looked up when first asked for, together for all objects of one listing.</summary>
    public IReadOnlyList<BpfHolder> Process => _uses.Value.HoldersOf(Kind, Id);

    internal FileDescriptor? Descriptor => _descriptor;

    internal BpfUses Uses => _uses.Value;

    internal abstract BpfObjectKind Kind { get; }

    private protected abstract BpfCommand OpenCommand { get; }

    /// <summary>A descriptor of the caller's own.</summary>
    /// <exception cref="BpfObjectGoneException">It has ended meanwhile.</exception>
    /// <exception cref="KernelException">EPERM.</exception>
    internal FileDescriptor Open() =>
        _descriptor is { IsClosed: false } own ? own.Duplicate() : BpfCalls.TryOpen(OpenCommand, Id) ?? throw new BpfObjectGoneException(Kind, Id);

    /// <summary>Gives it a name in bpffs, which keeps it alive beyond this process.</summary>
    /// <param name="path">A path in bpffs; missing folders are made.</param>
    /// <exception cref="KernelException">There is something already, or the path is not in bpffs.</exception>
    public void Pin(string path)
    {
        using FileDescriptor descriptor = Open();
        BpfPin.Create(descriptor, path);
    }

    /// <summary>Something that is to be released right after this object: what it needs, or a note of who owns it.</summary>
    public void DisposeWith(IDisposable companion)
    {
        lock (_companions)
            _companions.Add(companion);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>All of a kind, by id; one that ends meanwhile is passed over.</summary>
    private protected static IEnumerable<T> ReadAll<T>(BpfCommand next, string kind, Func<uint, T?> read)
        where T : BpfKernelObject
    {
        foreach (uint id in BpfCalls.Ids(next, kind))
        {
            if (read(id) is { } one)
                yield return one;
        }
    }

    /// <summary>One by its id; null when it is not there.</summary>
    private protected static T? Read<T>(BpfCommand open, uint id, Func<FileDescriptor, T> read)
        where T : BpfKernelObject
    {
        using FileDescriptor? descriptor = BpfCalls.TryOpen(open, id);
        return descriptor is null ? null : read(descriptor);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Interlocked.Exchange(ref _descriptor, null)?.Dispose();
        IDisposable[] companions;
        lock (_companions)
        {
            companions = [.. _companions];
            _companions.Clear();
        }
        foreach (IDisposable companion in companions)
            companion.Dispose();
    }
}
