using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>A cmdlet and its parameters, made of a line of perf's: what the function <c>perf</c> runs.</summary>
public sealed class PerfLine
{
    private readonly OrderedDictionary _parameters = new(StringComparer.OrdinalIgnoreCase);

    internal PerfLine(string cmdlet) => Cmdlet = cmdlet;

    /// <summary>The name of the cmdlet.</summary>
    public string Cmdlet { get; }

    /// <summary>Its parameters, to be splatted.</summary>
    public IDictionary Parameters => _parameters;

    /// <summary>The property that the objects are to be sorted by, the largest first; null: as they come.</summary>
    public string? SortBy { get; internal set; }

    /// <summary>What stands between the fields of a line that is wanted for each counter (perf stat -x); null: objects are wanted.</summary>
    public string? Separator { get; internal set; }

    /// <summary>Say what is run.</summary>
    public bool IsVerbose { get; internal set; }

    /// <summary>Reads the arguments of the function.</summary>
    /// <param name="arguments">As PowerShell hands them to a function without parameters.</param>
    /// <exception cref="PerfLineException">It can not be put into a cmdlet's words.</exception>
    public static PerfLine Parse(params object?[] arguments) => new PerfLineParser(PerfLineWords.Of(arguments)).Parse();

    /// <summary>A counter as perf stat -x prints it.</summary>
    /// <param name="counter">What Get-PerfCounter has given.</param>
    public string ToText(object counter) => PerfStatLine.Of((PerfCounter)(counter is PSObject wrapped ? wrapped.BaseObject : counter), Separator ?? ",", Has("PerThread"));

    /// <summary>The line as it would be typed.</summary>
    public override string ToString()
    {
        var words = new List<string> { Cmdlet };
        foreach (DictionaryEntry parameter in _parameters)
        {
            if ((string)parameter.Key is not ("Command" or "ArgumentList") || !IsProgram)
                words.Add(parameter.Value is true ? $"-{parameter.Key}" : $"-{parameter.Key} {Quote(parameter.Value)}");
        }
        if (IsProgram)
            words.AddRange(["--", Quote(_parameters["Command"]), .. ((string[]?)_parameters["ArgumentList"] ?? []).Select(Quote)]);
        return string.Join(' ', words) + (SortBy is null ? "" : $" | Sort-Object {SortBy} -Descending");
    }

    internal bool IsProgram { get; set; }

    internal object? this[string parameter]
    {
        get => _parameters[parameter];
        set => _parameters[parameter] = value;
    }

    internal bool Has(string parameter) => _parameters.Contains(parameter);

    internal void Remove(string parameter) => _parameters.Remove(parameter);

    /// <summary>Adds to a parameter that takes several.</summary>
    internal void Add(string parameter, params IEnumerable<string> values) => _parameters[parameter] = (string[])[.. (string[]?)_parameters[parameter] ?? [], .. values];

    private static string Quote(object? value) => value switch
    {
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}"),
        IEnumerable elements and not string => string.Join(',', elements.Cast<object>().Select(Quote)),
        string text when text.Length > 0 && text[0] != '-' && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '*' or '=' or '+' or '%') => text,
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
