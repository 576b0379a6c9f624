using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>Keeps the debug information that was used last. Libdw takes one thread at a time for each file, so all go one by one.</summary>
internal sealed class DwarfFiles(Demangler demangler) : IDisposable
{
    // Each takes as much memory as its debug information has bytes.
    private const int MostFiles = 24, MostPlaces = 1 << 17;

    private readonly Lock _guard = new();
    private readonly Dictionary<string, (DwarfFile? File, long UsedAt)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, ulong Address), IReadOnlyList<CodeLocation>> _places = [];
    private long _clock;
    private bool _isDisposed;

    /// <summary>The library is not installed: nothing is ever found.</summary>
    public bool IsLibraryMissing { get; private set; }

    /// <summary>The functions and source lines at an address of a file's debug information.</summary>
    public IReadOnlyList<CodeLocation> Locate(string path, ulong address)
    {
        lock (_guard)
        {
            if (_isDisposed)
                return [];
            if (_places.TryGetValue((path, address), out IReadOnlyList<CodeLocation>? known))
                return known;
            if (_places.Count >= MostPlaces)
                _places.Clear();
            IReadOnlyList<CodeLocation> found = Open(path)?.Locate(address) ?? [];
            _places.Add((path, address), found);
            return found;
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            _isDisposed = true;
            foreach ((DwarfFile? file, _) in _files.Values)
                file?.Dispose();
            _files.Clear();
        }
    }

    private DwarfFile? Open(string path)
    {
        if (!_files.TryGetValue(path, out (DwarfFile? File, long UsedAt) entry))
        {
            if (_files.Count >= MostFiles)
            {
                (string oldest, (DwarfFile? dropped, _)) = _files.MinBy(static f => f.Value.UsedAt);
                dropped?.Dispose();
                _files.Remove(oldest);
            }
            try
            {
                entry.File = IsLibraryMissing ? null : new DwarfFile(path, demangler);
            }
            catch (KernelException)
            {
                // Removed since its symbols were read.
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                IsLibraryMissing = true;
            }
        }
        _files[path] = (entry.File, ++_clock);
        return entry.File;
    }
}
