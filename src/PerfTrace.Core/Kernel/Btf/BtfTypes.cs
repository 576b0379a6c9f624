using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>
/// The types of a kernel, a module, a BPF program or an object file (Documentation/bpf/btf.rst). Opening finds where each type begins; the index of the names is made
/// when first a name is looked up, and a type is taken apart when it is asked for. Safe for several threads.
/// </summary>
public sealed class BtfTypes : IReadOnlyList<BtfType>
{
    /// <summary>An index of all names pays only for those who look up more than this.</summary>
    private const int MostScans = 3;

    private static readonly Lock Guard = new();
    private static BtfTypes? s_kernel;

    private readonly BtfBlob _blob;
    private readonly BtfType?[] _types;
    private BtfNameIndex? _names;
    private int _scans;

    private BtfTypes(byte[] data, string source, BtfTypes? @base)
    {
        Base = @base;
        _blob = new BtfBlob(data, source, @base is null ? 1 : @base.EndId, @base?._blob.StringEnd ?? 0);
        _types = new BtfType?[_blob.Count + 1];
    }

    /// <summary>The types of the running kernel, from <c>/sys/kernel/btf/vmlinux</c> (Linux 5.4, CONFIG_DEBUG_INFO_BTF); read once.</summary>
    /// <exception cref="KernelFeatureException">The kernel has none.</exception>
    /// <exception cref="BtfException">They are damaged.</exception>
    public static BtfTypes Kernel
    {
        get
        {
            if (s_kernel is null)
            {
                lock (Guard)
                    s_kernel ??= OpenKernel(SystemPaths.Default);
            }
            return s_kernel;
        }
    }

    /// <summary>What they are the types of: a path, a module, a number.</summary>
    public string Source => _blob.Source;

    /// <summary>The types that these continue: a module's stand on the kernel's. Null for types that stand alone.</summary>
    public BtfTypes? Base { get; }

    /// <summary>How many types there are, those of <see cref="Base"/> not counted.</summary>
    public int Count => _blob.Count;

    /// <summary>Bytes of the type information.</summary>
    public int Length => _blob.Length;

    /// <summary>The number of the first type that is not of <see cref="Base"/>.</summary>
    public uint FirstId => _blob.FirstId;

    internal uint EndId => _blob.FirstId + (uint)_blob.Count;

    /// <summary>A type by its place in the list.</summary>
    BtfType IReadOnlyList<BtfType>.this[int index] => this[_blob.FirstId + (uint)index];

    /// <summary>A type by its number; 0 is void.</summary>
    /// <exception cref="BtfNotFoundException">There is none of this number.</exception>
    public BtfType this[uint id] => TryGet(id) ?? throw new BtfNotFoundException($"{Source} has no type {id}: the last is {EndId - 1}.");

    /// <summary>Takes type information apart.</summary>
    /// <param name="data">All of it; it is kept and must not change.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="base">The types that it continues (split BTF).</param>
    /// <exception cref="BtfException">It is none, is damaged, or is of the other byte order.</exception>
    public static BtfTypes Parse(byte[] data, string source, BtfTypes? @base = null) => new(data, source, @base);

    /// <summary>The types of a module of the running kernel, which continue those of the kernel.</summary>
    /// <exception cref="BtfNotFoundException">The module is not loaded, or has none.</exception>
    public static BtfTypes OfModule(string name)
    {
        if (name == "vmlinux")
            return Kernel;
        string path = ModulePath(name);
        if (!File.Exists(path))
            throw new BtfNotFoundException($"The module '{name}' is not loaded, or was built without type information (CONFIG_DEBUG_INFO_BTF_MODULES): there is no {path}.");
        byte[] data = KernelFile.ReadBytes(path);
        // A module may be unloaded and another of its name loaded: what is remembered must be the same.
        BtfTypes kernel = Kernel;
        BtfTypes known = Loaded.Modules.GetOrAdd(name, static (n, a) => new BtfTypes(a.data, $"module {n}", a.kernel), (data, kernel));
        return known._blob.Bytes.SequenceEqual(data) ? known : Loaded.Modules[name] = new BtfTypes(data, $"module {name}", kernel);
    }

    /// <summary>The modules that have types: the files in <c>/sys/kernel/btf</c>.</summary>
    public static IReadOnlyList<string> ModuleNames()
    {
        string directory = Path.GetDirectoryName(ModulePath("vmlinux"))!;
        return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Select(static f => Path.GetFileName(f)).Where(static f => f != "vmlinux").Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>The type information that the kernel keeps under a number: of a program, of a map, of a module.</summary>
    /// <exception cref="BtfNotFoundException">There is none of this number.</exception>
    /// <exception cref="KernelException">The kernel does not tell of it.</exception>
    public static BtfTypes FromId(uint id) => BtfObject.Read(id) switch
    {
        { Data: var data, IsKernel: true, Name: not "vmlinux" and var name } => new BtfTypes(data, $"module {name}", Kernel),
        { IsKernel: true } => Kernel,
        { Data: var data } => new BtfTypes(data, $"BTF {id}", null),
        null => throw new BtfNotFoundException($"The kernel has no type information {id}; it is gone with the last program or map that used it."),
    };

    /// <summary>As <see cref="FromId"/>; null where it is gone, may not be read or is not understood: for what is only a name beside other facts.</summary>
    internal static BtfTypes? TryFromId(uint id)
    {
        try
        {
            return FromId(id);
        }
        catch (Exception e) when (e is BtfException or BtfNotFoundException or KernelException)
        {
            return null;
        }
    }

    /// <summary>A type by its number; null when there is none.</summary>
    public BtfType? TryGet(uint id)
    {
        if (id == 0)
            return Void();
        if (id < _blob.FirstId)
            return Base!.TryGet(id);
        if (id >= EndId)
            return null;
        ref BtfType? slot = ref _types[id - _blob.FirstId + 1];
        return slot ?? Interlocked.CompareExchange(ref slot, new BtfType(this, id, _blob.Place(id)), null) ?? slot;
    }

    /// <summary>The first type of a name, in those that are not of <see cref="Base"/> first; null when there is none.</summary>
    /// <param name="name">The name alone: <c>task_struct</c>. With its C keyword (<c>struct task_struct</c>) it says the kind as well.</param>
    /// <param name="kind">Of which kind; of any, then a struct, union, enum or typedef goes before a function or variable of its name.</param>
    public BtfType? Find(string name, BtfKind? kind = null)
    {
        (name, kind) = SplitName(name, kind);
        BtfType? other = null;
        foreach (BtfType type in FindAll(name))
        {
            if (kind is null ? type.IsData : type.Kind == kind || (kind == BtfKind.Enum && type.Kind == BtfKind.Enum64))
                return type;
            other ??= type;
        }
        return kind is null ? other : null;
    }

    /// <summary>All types of a name.</summary>
    public IReadOnlyList<BtfType> FindAll(string name)
    {
        var found = new List<BtfType>();
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length == 0 || bytes.Contains((byte)0))
            return found;
        for (BtfTypes? types = this; types is not null; types = types.Base)
        {
            if (types._names is null && Interlocked.Increment(ref types._scans) <= MostScans)
                types.Scan(bytes, found);
            else
                types.LookUp(bytes, found);
        }
        return found;
    }

    /// <summary>The types that are not of <see cref="Base"/>, in order.</summary>
    public IEnumerator<BtfType> GetEnumerator()
    {
        for (uint id = FirstId; id < EndId; id++)
            yield return this[id];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => Source;

    private void LookUp(ReadOnlySpan<byte> name, List<BtfType> found)
    {
        BtfNameIndex index = _names ??= new BtfNameIndex(this, _blob);
        for (int number = index.First(name); number != 0; number = index.Next(number))
        {
            uint id = FirstId + (uint)number - 1;
            if (NameBytes(id).SequenceEqual(name))
                found.Add(this[id]);
        }
    }

    // The places of the name among the strings, with its end: it may be the end of a longer one. Then the types that have one of these places.
    private void Scan(ReadOnlySpan<byte> name, List<BtfType> found)
    {
        var places = new List<int>(); // the runtime has a list of these ready
        byte[] wanted = [.. name, 0];
        for (BtfTypes? types = this; types is not null; types = types.Base)
            types._blob.FindStrings(wanted, places);
        if (places.Count == 0)
            return;
        var ids = new List<int>();
        _blob.FindNames(CollectionsMarshal.AsSpan(places), ids);
        foreach (int id in ids)
            found.Add(this[(uint)id]);
    }

    internal static BtfTypes OpenKernel(SystemPaths paths)
    {
        string path = Path.Combine(paths.Sys, "kernel/btf/vmlinux");
        try
        {
            return new BtfTypes(KernelFile.ReadBytes(path, new FileInfo(path) is { Exists: true } file ? (int)file.Length : 0), "vmlinux", null);
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            throw new KernelFeatureException(e.Errno, "open", path, "This kernel was built without type information (CONFIG_DEBUG_INFO_BTF).");
        }
    }

    /// <summary>A name with its C keyword (<c>struct file</c>) as name and kind.</summary>
    public static (string Name, BtfKind? Kind) SplitName(string name) => SplitName(name, null);

    /// <summary>The error for a type that is not there, with names that may have been meant.</summary>
    public BtfNotFoundException NotFound(string name, IReadOnlyCollection<BtfKind>? kinds = null)
    {
        string plain = SplitName(name).Name;
        if (FindAll(plain) is [var other, ..])
            return new BtfNotFoundException($"{Source} has no {(kinds is { Count: > 0 } ? $"{string.Join(", ", kinds)} " : "")}{name}; {plain} there is a {other.Kind}.");
        IReadOnlyList<string> near = NearestNames.Find(plain, this.Where(static t => t.IsData && t.Name.Length > 0).Select(static t => t.Name).Distinct());
        return new BtfNotFoundException($"{Source} has no type '{name}'.{(near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : "")}");
    }

    private static (string Name, BtfKind? Kind) SplitName(string name, BtfKind? kind)
    {
        int space = name.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || kind is not null)
            return (name, kind);
        BtfKind? told = name[..space] switch
        {
            "struct" => BtfKind.Struct,
            "union" => BtfKind.Union,
            "enum" => BtfKind.Enum,
            "typedef" => BtfKind.Typedef,
            _ => null, // "unsigned int" is a name
        };
        return told is null ? (name, kind) : (name[space..].Trim(), told);
    }

    internal BtfBlob Blob => _blob;

    /// <summary>The name of a type that is not of <see cref="Base"/>, as it stands in the file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> NameBytes(uint id)
    {
        int at = _blob.Place(id);
        uint offset = _blob.Word(at);
        return offset == 0 ? default : StringBytes(offset, at);
    }

    internal string Text(uint offset, int at) => offset == 0 ? "" : Encoding.UTF8.GetString(StringBytes(offset, at));

    /// <summary>The type that another refers to.</summary>
    internal BtfType Refer(uint id, int at) => TryGet(id) ?? throw _blob.Damage(at, $"it refers to type {id}; the last is {EndId - 1}");

    private static string ModulePath(string name) => Path.Combine(SystemPaths.Default.Sys, "kernel/btf", Path.GetFileName(name));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> StringBytes(uint offset, int at)
    {
        BtfTypes types = this;
        while (offset < types._blob.FirstString)
            types = types.Base!;
        return offset < types._blob.StringEnd ? types._blob.String(offset) : throw NoString(offset, at, types._blob.StringEnd);
    }

    private BtfException NoString(uint offset, int at, uint end) => _blob.Damage(at, $"a name is at {offset} of the strings, which end at {end}");

    private BtfType Void()
    {
        if (Base is not null)
            return Base.Void();
        ref BtfType? slot = ref _types[0];
        return slot ?? Interlocked.CompareExchange(ref slot, new BtfType(this), null) ?? slot;
    }

    // Made when the first module is asked for.
    private static class Loaded
    {
        public static readonly ConcurrentDictionary<string, BtfTypes> Modules = new(StringComparer.Ordinal);
    }
}
