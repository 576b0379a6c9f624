namespace PerfTrace.Kernel;

/// <summary>Whether the kernel knows a name: to tell a misspelt one from one that it refuses.</summary>
internal static class KernelSymbolNames
{
    /// <summary>/proc/kallsyms has a symbol of this name, in any module where none is given. True also where it can not be read: the kernel knows better.</summary>
    public static bool Exists(SystemPaths paths, string? module, string name)
    {
        try
        {
            foreach (string line in File.ReadLines(Path.Combine(paths.Proc, "kallsyms")))
            {
                // ffffffffc0201000 t nf_hook	[nf_tables]
                int start = line.IndexOf(' ', StringComparison.Ordinal) + 3, tab = line.IndexOf('\t', StringComparison.Ordinal);
                if (start < 3 || start > line.Length)
                    continue;
                ReadOnlySpan<char> symbol = line.AsSpan(start, (tab < start ? line.Length : tab) - start);
                if (symbol.SequenceEqual(name) && (module is null || (tab >= start && line.AsSpan(tab).Trim("\t[]").SequenceEqual(module))))
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
        return false;
    }

    /// <summary>A module of this name is loaded or built in (sysfs writes - as _).</summary>
    public static bool IsModuleLoaded(SystemPaths paths, string module) =>
        module == "vmlinux" || Directory.Exists(Path.Combine(paths.Sys, "module", module.Replace('-', '_')));
}
