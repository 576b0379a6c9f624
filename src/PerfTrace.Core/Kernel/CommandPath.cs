using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Finds the file that a command's name means, as execvp(3) does.</summary>
public static class CommandPath
{
    /// <summary>The program's absolute path.</summary>
    /// <param name="name">A name without slash is looked up in PATH; one with a slash is a path from <paramref name="workingDirectory"/>.</param>
    /// <param name="workingDirectory">What relative paths, also those within PATH, start from.</param>
    /// <exception cref="CommandException">Not found (exit status 127) or not executable (126).</exception>
    public static string Find(string name, string workingDirectory)
    {
        if (string.IsNullOrEmpty(name))
            throw new CommandException(name, 127, "The command's name is empty.");
        if (name.Contains('\0'))
            throw new CommandException(name, 127, "The command's name has a null character in it.");
        if (name.Contains('/'))
        {
            string path = Path.GetFullPath(name, workingDirectory);
            return WhyNotExecutable(path) is { } problem ? throw problem(name) : path;
        }
        Func<string, CommandException>? firstProblem = null;
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':'))
        {
            string path = Path.GetFullPath(Path.Combine(directory.Length == 0 ? "." : directory, name), workingDirectory);
            if (!Path.Exists(path))
                continue;
            Func<string, CommandException>? problem = WhyNotExecutable(path);
            if (problem is null)
                return path;
            firstProblem ??= problem;
        }
        throw firstProblem?.Invoke(name) ?? new CommandException(name, 127, $"The command '{name}' was not found in PATH.");
    }

    private static Func<string, CommandException>? WhyNotExecutable(string path)
    {
        const int X_OK = 1;
        if (Directory.Exists(path))
            return name => new CommandException(name, 126, $"The command '{name}' can not be run: {path} is a directory.");
        if (NativeMethods.Access(path, X_OK) == 0)
            return null;
        Errno errno = KernelException.LastError;
        return errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG
            ? name => new CommandException(name, 127, $"The command '{name}' was not found: {path}: {KernelException.TextOf(errno)}.")
            : name => new CommandException(name, 126, $"The command '{name}' can not be run: {path}: {KernelException.TextOf(errno)}. To make it executable: chmod +x {path}");
    }
}
