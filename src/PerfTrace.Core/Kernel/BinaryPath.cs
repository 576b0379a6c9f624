namespace PerfTrace.Kernel;

/// <summary>Finds the program or library that a name without slash means where a probe is put into one.</summary>
public static class BinaryPath
{
    /// <summary>A library that is looked up as the loader does, or a command as the shell does.</summary>
    /// <param name="name"><c>libc</c>, <c>libc.so.6</c>, <c>bash</c>.</param>
    /// <param name="workingDirectory">What relative paths within PATH start from.</param>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    /// <exception cref="CommandException">What is in PATH can not be run.</exception>
    public static string Find(string name, string workingDirectory)
    {
        bool isLibrary = name.StartsWith("lib", StringComparison.Ordinal);
        if (isLibrary && LibraryPath.Find(name) is { } library)
            return library;
        try
        {
            return CommandPath.Find(name, workingDirectory);
        }
        catch (CommandException e) when (e.ExitStatus == 127)
        {
            throw new FileNotFoundException(isLibrary
                ? $"There is no '{name}': no library of that name that the loader knows (ldconfig -p lists them), and no program in PATH."
                : $"There is no '{name}': no program of that name in PATH. A library's name begins with lib; any other file is named by its path.", name, e);
        }
    }
}
