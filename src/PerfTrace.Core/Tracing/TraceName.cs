namespace PerfTrace.Tracing;

/// <summary>Guards the names that become part of a path or of a command line in tracefs.</summary>
internal static class TraceName
{
    private const int Longest = 255; // NAME_MAX

    /// <summary>Returns the name if it can stand in tracefs as one word.</summary>
    /// <exception cref="TraceNameException">It is empty, too long, or has a slash, white space or a control character in it.</exception>
    public static string Check(string name, string what) =>
        name.Length is 0 or > Longest ? throw new TraceNameException(name, $"The name of an {what} has 1 to {Longest} characters.")
        : name is "." or ".." ? throw new TraceNameException(name, $"'{name}' is no name for an {what}.")
        : name.Any(CanNotStand) ? throw new TraceNameException(name, $"The name of an {what} can not have a slash, white space or control characters in it.")
        : name;

    /// <summary>The name can stand in tracefs as one word.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= Longest && name is not ("." or "..") && !name.Any(CanNotStand);

    /// <summary>Returns a path below a directory of tracefs if each part of it is a name: <c>events/sched/sched_switch/filter</c>.</summary>
    /// <exception cref="TraceNameException">A part is empty, "..", too long, or has white space or a control character in it.</exception>
    public static string CheckPath(string relativePath)
    {
        foreach (Range part in relativePath.AsSpan().Split('/'))
            Check(relativePath[part], "entry of tracefs");
        return relativePath;
    }

    /// <summary>Returns a text if it is one line: what a file of tracefs takes as one command.</summary>
    /// <exception cref="TraceNameException">It has a line break or another control character than a tab in it.</exception>
    public static string CheckLine(string text, string what)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) && c != '\t')
                throw new TraceNameException(text, $"{what} is one line of text: it can not have line breaks or control characters in it.");
        }
        return text;
    }

    private static bool CanNotStand(char c) => c is '/' || char.IsWhiteSpace(c) || char.IsControl(c);
}
