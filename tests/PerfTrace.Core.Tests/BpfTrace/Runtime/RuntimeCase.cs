using System.Text;

namespace PerfTrace.Tests.BpfTrace.Runtime;

/// <summary>A script, and the text that it prints: one of the cases in the files beside this one.</summary>
/// <remarks>
/// A case begins with <c>NAME</c>; <c>PROG</c> is the script, further lines of it follow; <c>ARGS</c> its parameters, by blanks; <c>OPTS</c> its options; <c>ENV</c> what stands in its environment; <c>RUN</c> a command that is run under it. <c>EXPECT</c> is
/// the text, further lines follow; <c>MATCH</c> is a pattern that its text, without the last line end, is like; <c>WARNING</c> a part of a
/// warning that comes before; <c>ERROR</c> a part of the message of a script that is refused.
/// </remarks>
public sealed record RuntimeCase(string File, string Name)
{
    private static readonly Lazy<RuntimeCase[]> Cases = new(static () =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "BpfTrace", "Runtime"), "*.cases").Order(StringComparer.Ordinal).SelectMany(Read)]);

    public string Program { get; private set; } = "";

    public string[] Arguments { get; private set; } = [];

    public Dictionary<string, string?> Options { get; private set; } = [];

    public Dictionary<string, string> Environment { get; private set; } = [];

    public string[] Command { get; private set; } = [];

    public string? Expected { get; private set; }

    public string? Pattern { get; private set; }

    public string? Error { get; private set; }

    public string? Warning { get; private set; }

    public static IReadOnlyList<RuntimeCase> All => Cases.Value;

    public override string ToString() => $"{File}: {Name}";

    private static List<RuntimeCase> Read(string path)
    {
        var cases = new List<RuntimeCase>();
        var text = new StringBuilder();
        string? key = null;
        void End()
        {
            if (key is not null)
                cases[^1].Set(key, text.ToString());
            text.Clear();
        }
        foreach (string line in System.IO.File.ReadLines(path))
        {
            // "#define" is a line of a script.
            if (line.StartsWith("# ", StringComparison.Ordinal))
                continue;
            string word = line.Split(' ', 2)[0];
            if (word is "NAME" or "PROG" or "ARGS" or "OPTS" or "ENV" or "RUN" or "EXPECT" or "MATCH" or "WARNING" or "ERROR")
            {
                End();
                string rest = line.Length > word.Length ? line[(word.Length + 1)..] : "";
                if (word == "NAME")
                    cases.Add(new RuntimeCase(Path.GetFileNameWithoutExtension(path), rest));
                key = word == "NAME" ? null : word;
                text.Append(rest);
            }
            else if (key is not null)
            {
                text.Append('\n').Append(line);
            }
        }
        End();
        return cases;
    }

    private void Set(string key, string value)
    {
        // Cases are a blank line apart.
        value = value.TrimEnd('\n');
        switch (key)
        {
            case "PROG":
                Program = value;
                break;
            case "ARGS":
                Arguments = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                break;
            case "OPTS":
                Options = value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static o => o.Split('=', 2)).ToDictionary(static o => o[0], static o => o.Length > 1 ? o[1] : null);
                break;
            case "ENV":
                Environment = value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static v => v.Split('=', 2)).ToDictionary(static v => v[0], static v => v[1]);
                break;
            case "RUN":
                Command = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                break;
            case "EXPECT":
                Expected = value;
                break;
            case "MATCH":
                Pattern = value;
                break;
            case "WARNING":
                Warning = value;
                break;
            default:
                Error = value;
                break;
        }
    }
}
