using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>Finds the file that a program's symbols were moved to, where debuggers look for it: by build id, then by .gnu_debuglink.</summary>
public static class SeparateDebugFile
{
    /// <summary>Where distributions install debug files.</summary>
    public const string DefaultDirectory = "/usr/lib/debug";

    /// <summary>Opens the debug file that belongs to a file; null when there is none.</summary>
    /// <param name="file">The program or library.</param>
    /// <param name="directory">The directory that <c>.build-id</c> is in.</param>
    /// <param name="verbose">Hears of files that have the right name but do not belong to it.</param>
    public static ElfFile? Open(ElfFile file, string directory = DefaultDirectory, Action<string>? verbose = null)
    {
        string? buildId = file.BuildId;
        if (buildId is { Length: > 2 }
            && Try(Path.Combine(directory, ".build-id", buildId[..2], buildId[2..] + ".debug"), file, buildId, checksum: null, verbose) is { } byId)
        {
            return byId;
        }
        // A link is a name in certain directories; anything else in it is not looked at.
        if (file.DebugLink is not { } link || link.FileName.Contains('/') || link.FileName is "." or "..")
            return null;
        foreach (string home in DirectoriesOf(file))
        {
            foreach (string candidate in (string[])[Path.Combine(home, link.FileName), Path.Combine(home, ".debug", link.FileName), $"{directory}{home}/{link.FileName}"])
            {
                if (candidate != file.Path && Try(candidate, file, buildId, link.Checksum, verbose) is { } byLink)
                    return byLink;
            }
        }
        return null;
    }

    /// <summary>The symbols of a file and of its debug file, in one table.</summary>
    /// <exception cref="ElfException">A symbol table is malformed.</exception>
    public static ElfSymbolTable ReadSymbols(ElfFile file, string directory = DefaultDirectory, Action<string>? verbose = null)
    {
        using ElfFile? debug = Open(file, directory, verbose);
        return ElfSymbolReader.Read(debug is null ? [file] : [file, debug]);
    }

    // As it was opened, and without symbolic links: /lib is a link to /usr/lib on most distributions.
    private static IEnumerable<string> DirectoriesOf(ElfFile file)
    {
        string given = Path.GetDirectoryName(Path.GetFullPath(file.Path)) ?? "/";
        yield return given;
        if (file.RealPath is { } real && Path.GetDirectoryName(real) is { } home && home != given)
            yield return home;
    }

    private static ElfFile? Try(string path, ElfFile of, string? buildId, uint? checksum, Action<string>? verbose)
    {
        if (!File.Exists(path))
            return null;
        ElfFile? found = null;
        try
        {
            found = ElfFile.Open(path);
            bool isSame = buildId is not null && found.BuildId == buildId
                || (checksum is { } sum && (buildId is null || found.BuildId is null) && found.ComputeChecksum() == sum);
            if (isSame)
            {
                verbose?.Invoke($"The symbols of {of.Path} are in {path}.");
                return found;
            }
            verbose?.Invoke($"{path} does not belong to {of.Path}: its {(found.BuildId is null ? "checksum" : "build id")} is another.");
        }
        catch (Exception e) when (e is ElfException or KernelException)
        {
            // A damaged debug file is no reason not to use the program's own symbols.
            verbose?.Invoke($"The debug file can not be read: {e.Message}");
        }
        found?.Dispose();
        return null;
    }
}
