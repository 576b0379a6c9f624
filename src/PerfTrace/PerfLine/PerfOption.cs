namespace PerfTrace.Commands;

/// <summary>Whether an option of perf's has a value, as parse-options.c of its source has it.</summary>
internal enum PerfOptionValue
{
    None,

    /// <summary>Joined or the next word.</summary>
    Required,

    /// <summary>Joined alone: <c>--switch-output=1G</c>.</summary>
    Joined,

    /// <summary>Joined, or the next word unless that is an option.</summary>
    Optional,
}

/// <summary>An option of one of perf's commands, and what it is to the cmdlet.</summary>
/// <param name="Short">Its letter; null without.</param>
/// <param name="Long">Its name; null without.</param>
/// <param name="Value">Whether it has a value.</param>
/// <param name="Apply">Sets the parameters; the value is null where there is none.</param>
internal sealed record PerfOption(char? Short, string? Long, PerfOptionValue Value, Action<PerfLine, string?> Apply)
{
    /// <summary>As it is in an error.</summary>
    public string Name => Long is null ? $"-{Short}" : $"--{Long}";

    public static PerfOption Flag(char? letter, string? name, string parameter) => new(letter, name, PerfOptionValue.None, (line, _) => line[parameter] = true);

    public static PerfOption Ignored(char? letter, string? name, PerfOptionValue value = PerfOptionValue.None) => new(letter, name, value, static (_, _) => { });

    public static PerfOption Text(char? letter, string? name, string parameter) => new(letter, name, PerfOptionValue.Required, (line, value) => line[parameter] = value);

    /// <summary>Several, with commas between them.</summary>
    public static PerfOption List(char? letter, string? name, string parameter) =>
        new(letter, name, PerfOptionValue.Required, (line, value) => line.Add(parameter, value!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
