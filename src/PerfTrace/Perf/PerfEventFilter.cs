using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Matches listed events by name or alias, exactly or by wildcard.</summary>
internal sealed class PerfEventFilter
{
    private readonly string _name;
    private readonly WildcardPattern? _pattern;

    private PerfEventFilter(string name, WildcardPattern? pattern)
    {
        _name = name;
        _pattern = pattern;
    }

    /// <summary>Matching nothing is no error then.</summary>
    public bool IsWildcard => _pattern is not null;

    public static PerfEventFilter Create(string name)
    {
        // A placeholder of perf list (mem:<addr>[/len][:access]) is a name, not a wildcard.
        bool isPlaceholder = name.Contains('<') || name.Contains("[,", StringComparison.Ordinal);
        return new PerfEventFilter(name, !isPlaceholder && WildcardPattern.ContainsWildcardCharacters(name)
            ? WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.Compiled)
            : null);
    }

    public bool Matches(PerfEvent e) =>
        _pattern is not null
            ? _pattern.IsMatch(e.Name) || (e.Alias is not null && _pattern.IsMatch(e.Alias))
            : string.Equals(e.Name, _name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(e.Alias, _name, StringComparison.OrdinalIgnoreCase);
}
