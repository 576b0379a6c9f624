using System.Globalization;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// The kernel's functions: those that tracers can trace (<c>available_filter_functions</c>), or where that file is not there or denied all
/// of /proc/kallsyms.
/// </summary>
public static class KernelFunctions
{
    private const string WithAddresses = "available_filter_functions_addrs", WithoutAddresses = "available_filter_functions";

    /// <summary>All functions, in the kernel's order.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="note">Hears why the list is not that of the tracers.</param>
    /// <param name="stop">Ends the list early.</param>
    /// <exception cref="KernelException">Neither list can be read.</exception>
    public static IEnumerable<KernelFunction> List(SystemPaths paths, Action<string>? note = null, CancellationToken stop = default)
    {
        if (Traceable(paths, out string reason) is { } traceable)
            return traceable.TakeWhile(_ => !stop.IsCancellationRequested);
        note?.Invoke($"These are all functions of {paths.Proc}/kallsyms, traceable or not: {reason}.");
        try
        {
            // Decoded line by line.
            var text = new StreamReader(new MemoryStream(KernelFile.ReadBytes(Path.Combine(paths.Proc, "kallsyms"), stop)));
            return Read(text, ParseSymbol).TakeWhile(_ => !stop.IsCancellationRequested);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>The names of the functions that begin with something, upper and lower case alike. There are up to 120,000 functions, and a prompt does not wait until each is an object.</summary>
    /// <exception cref="KernelException">Neither list can be read.</exception>
    public static IEnumerable<string> Names(SystemPaths paths, string prefix)
    {
        // The word of a line that is the name.
        int word = 2;
        byte[] text;
        try
        {
            TracingDirectory top = TracingDirectory.Open(paths);
            bool hasAddresses = top.Exists(WithAddresses);
            text = KernelFile.ReadBytes(Path.Combine(top.Path, hasAddresses ? WithAddresses : WithoutAddresses));
            word = hasAddresses ? 1 : 0;
        }
        catch (KernelException)
        {
            text = KernelFile.ReadBytes(Path.Combine(paths.Proc, "kallsyms"));
        }
        return NamesIn(text, word, prefix);
    }

    // The text is megabytes, of which a name or two are wanted: only those are decoded.
    private static IEnumerable<string> NamesIn(byte[] text, int word, string prefix)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = text.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0)
                length = text.Length - at;
            if (NameIn(text.AsSpan(at, length), word, prefix) is { } name)
                yield return name;
            at += length + 1;
        }
    }

    private static string? NameIn(ReadOnlySpan<byte> line, int word, string prefix)
    {
        ReadOnlySpan<byte> name = line;
        for (int i = 0; i < word; i++)
        {
            int space = name.IndexOf((byte)' ');
            // Of all symbols those of code.
            if (space < 0 || (word == 2 && i == 1 && name[0] is not ((byte)'t' or (byte)'T' or (byte)'w' or (byte)'W')))
                return null;
            name = name[(space + 1)..];
        }
        if (name.Length < prefix.Length || !Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix) || name.StartsWith("__ftrace_invalid_address__"u8))
            return null;
        int module = name.IndexOfAny((byte)' ', (byte)'\t');
        return Encoding.UTF8.GetString(module < 0 ? name : name[..module]);
    }

    /// <summary>The functions that tracers can trace, in the kernel's order; null when the kernel does not tell.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="reason">Why it does not, in words.</param>
    public static IEnumerable<KernelFunction>? Traceable(SystemPaths paths, out string reason)
    {
        try
        {
            TracingDirectory top = TracingDirectory.Open(paths);
            // Since Linux 6.5.
            TextReader reader = Open(top, top.Exists(WithAddresses) ? WithAddresses : WithoutAddresses);
            reason = "";
            return Read(reader, ParseTraceable);
        }
        catch (KernelException e)
        {
            reason = e is FunctionTracingDeniedException ? "this machine's policy denies function tracing"
                : e.Errno == Errno.EACCES ? $"root alone may read {WithoutAddresses}"
                : e.Errno == Errno.ENOENT ? "this kernel has no function tracing" : $"{WithoutAddresses} can not be read ({e.Errno})";
            return null;
        }
    }

    /// <summary>The error for a name that is none: with the nearest ones.</summary>
    public static KernelFunctionNotFoundException NotFound(string name, IEnumerable<KernelFunction> functions) =>
        new(name, NearestNames.Find(name, functions.Select(static f => f.Name)));

    // "ffffffff81000340 do_one_initcall", "vfs_read", "ovl_open [overlay]"; __ftrace_invalid_address___ stands for code that is gone.
    internal static KernelFunction? ParseTraceable(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int at = 0;
        ulong? address = words.Length > 1 && words[0].Length >= 8 && ulong.TryParse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value) ? value : null;
        if (address is not null)
            at = 1;
        if (words.Length <= at || words[at].StartsWith("__ftrace_invalid_address__", StringComparison.Ordinal))
            return null;
        return new KernelFunction(words[at], words.Length > at + 1 ? words[at + 1].Trim('[', ']') : null, address is 0 ? null : address, true);
    }

    // "ffffffff81000340 T do_one_initcall", a tab before "[module]". Text symbols alone; BPF programs have a module of that name.
    internal static KernelFunction? ParseSymbol(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || words[1] is not ("t" or "T" or "w" or "W")
            || !ulong.TryParse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address))
        {
            return null;
        }
        // Zeroes: kernel.kptr_restrict hides addresses.
        return new KernelFunction(words[2], words.Length > 3 ? words[3].Trim('[', ']') : null, address == 0 ? null : address, null);
    }

    private static StringReader Open(TracingDirectory top, string file) => new(top.ReadText(file));

    private static IEnumerable<KernelFunction> Read(TextReader reader, Func<string, KernelFunction?> parse)
    {
        using (reader)
        {
            while (reader.ReadLine() is { } line)
            {
                if (parse(line) is { } function)
                    yield return function;
            }
        }
    }
}
