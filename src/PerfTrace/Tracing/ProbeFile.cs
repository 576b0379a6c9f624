using System.Management.Automation;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>The program or library that probes name: a path; or a word without slash, which is a file here, else a library of the loader, else a program in PATH, as in scripts.</summary>
internal static class ProbeFile
{
    /// <summary>Its full path.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CommandException">That of PATH can not be run.</exception>
    public static string Find(PSCmdlet cmdlet, string file)
    {
        string here = TypedPath.Full(cmdlet, file);
        bool isPath = file.Contains('/', StringComparison.Ordinal);
        // A folder that was named so is found: what is wrong with it is told by who reads it.
        if (File.Exists(here) || (isPath && Directory.Exists(here)))
            return here;
        return isPath
            ? throw new FileNotFoundException($"There is no file '{here}'.", here)
            : BinaryPath.Find(file, cmdlet.SessionState.Path.CurrentFileSystemLocation.Path);
    }

    /// <summary>The same for completion; null where there is none: who makes the probe gets the error.</summary>
    public static string? Find(string file)
    {
        if (TypedPath.Full(SessionPaths.Full, file) is { } here && File.Exists(here))
            return here;
        try
        {
            return file.Contains('/', StringComparison.Ordinal) ? null : BinaryPath.Find(file, "/");
        }
        catch (Exception e) when (e is FileNotFoundException or CommandException)
        {
            return null;
        }
    }
}
