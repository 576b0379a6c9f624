using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Finds programs, maps and links by what a user writes: an id, a path in bpffs, or a name with wildcards.</summary>
public static class BpfFinder
{
    /// <summary>Programs by an id (<c>12</c>), a path (<c>/sys/fs/bpf/x</c>), or their name or tag with wildcards (* and ?).</summary>
    /// <exception cref="BpfObjectNotFoundException">There is none; wildcards may find nothing.</exception>
    /// <exception cref="BpfObjectGoneException">There is none with this id.</exception>
    /// <exception cref="KernelException">EPERM; a path that is none in bpffs.</exception>
    public static IReadOnlyList<BpfProgram> Programs(string text) => Find(text, BpfObjectKind.Program, BpfProgram.Read, BpfProgram.ReadAll, static p => [p.Name, p.Tag]);

    /// <summary>Maps by an id, a path, or their name with wildcards.</summary>
    /// <exception cref="BpfObjectNotFoundException">There is none; wildcards may find nothing.</exception>
    /// <exception cref="BpfObjectGoneException">There is none with this id.</exception>
    /// <exception cref="KernelException">EPERM; a path that is none in bpffs.</exception>
    public static IReadOnlyList<BpfMap> Maps(string text) => Find(text, BpfObjectKind.Map, BpfMap.Read, BpfMap.ReadAll, static m => [m.Name]);

    /// <summary>Links by an id, a path, or their target with wildcards.</summary>
    /// <exception cref="BpfObjectNotFoundException">There is none; wildcards may find nothing.</exception>
    /// <exception cref="BpfObjectGoneException">There is none with this id.</exception>
    /// <exception cref="KernelException">EPERM; a path that is none in bpffs.</exception>
    public static IReadOnlyList<BpfLink> Links(string text) => Find(text, BpfObjectKind.Link, BpfLink.Read, BpfLink.ReadAll, static l => [l.Target]);

    /// <summary>The one map that is meant by a number or text.</summary>
    /// <exception cref="FormatException">Several are called so, or it is neither.</exception>
    internal static BpfMap OneMap(object? value) => One(value, "map", Maps);

    /// <summary>The one program that is meant by a number or text.</summary>
    /// <exception cref="FormatException">Several are called so, or it is neither.</exception>
    internal static BpfProgram OneProgram(object? value) => One(value, "program", Programs);

    private static T One<T>(object? value, string kind, Func<string, IReadOnlyList<T>> find)
        where T : BpfKernelObject
    {
        if (value is not (string or int or uint or long or ulong or short or ushort or byte))
            throw new FormatException($"a {value?.GetType().Name ?? "null"} is no {kind}.");
        string text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        IReadOnlyList<T> found = find(text);
        return found.Count == 1 ? found[0] : throw new FormatException($"'{text}' means {found.Count} {kind}s{(found.Count == 0 ? "" : $" (ids {string.Join(", ", found.Take(5).Select(static f => f.Id))})")}: give an id.");
    }

    private static IReadOnlyList<T> Find<T>(string text, BpfObjectKind kind, Func<uint, T?> read, Func<IEnumerable<T>> all, Func<T, string[]> names)
        where T : BpfKernelObject
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            return [read(id) ?? throw (id == 0 ? new BpfObjectNotFoundException(kind, text) : new BpfObjectGoneException(kind, id))];
        if (text.StartsWith('/'))
        {
            BpfPin pin = BpfPin.Read(text) ?? throw new BpfObjectNotFoundException(kind, text, []);
            return pin.Kind == kind ? [read(pin.Id) ?? throw new BpfObjectGoneException(kind, pin.Id)]
                : throw new BpfObjectNotFoundException(kind, $"{text} (a {pin.Kind.ToString().ToLowerInvariant()})", []);
        }
        bool isPattern = text.AsSpan().ContainsAny('*', '?');
        Regex pattern = new($"^{Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        T[] everything = [.. all()];
        T[] found = [.. everything.Where(one => names(one).Any(n => isPattern ? pattern.IsMatch(n) : n.Equals(text, StringComparison.Ordinal)))];
        // Case matters only where names differ in nothing else.
        if (found.Length == 0 && !isPattern)
            found = [.. everything.Where(one => names(one).Any(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)))];
        if (found.Length > 0 || isPattern)
            return found;
        // Only now: a tag may be of digits alone.
        throw BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? new BpfObjectNotFoundException(kind, text)
            : new BpfObjectNotFoundException(kind, text, NearestNames.Find(text, everything.Select(one => names(one)[0]).Where(static n => n.Length > 0)));
    }
}
