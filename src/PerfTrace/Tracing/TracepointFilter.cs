using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Matches tracepoints by <c>system:name</c>, or by either part where no colon is given.</summary>
internal sealed class TracepointFilter
{
    private readonly WildcardPattern? _system;
    private readonly WildcardPattern _name;

    private readonly string _text;

    private TracepointFilter(string text, WildcardPattern? system, WildcardPattern name, bool isWildcard)
    {
        _text = text;
        _system = system;
        _name = name;
        IsWildcard = isWildcard;
    }

    /// <summary>Matching nothing is no error then.</summary>
    public bool IsWildcard { get; }

    public static TracepointFilter Create(string text)
    {
        const WildcardOptions options = WildcardOptions.IgnoreCase | WildcardOptions.Compiled;
        int colon = text.IndexOf(':');
        return new TracepointFilter(
            text,
            colon < 0 ? null : WildcardPattern.Get(text[..colon], options),
            WildcardPattern.Get(text[(colon + 1)..], options),
            WildcardPattern.ContainsWildcardCharacters(text));
    }

    /// <summary>The tracepoints that match. One that is named exactly is not looked for among all.</summary>
    public IEnumerable<Tracepoint> Find(TracingDirectory directory)
    {
        int colon = _text.IndexOf(':');
        return !IsWildcard && colon >= 0 && TracepointCatalogue.Find(directory, _text[..colon], _text[(colon + 1)..]) is { } exact
            ? [exact]
            : TracepointCatalogue.List(directory, _system is null ? null : _system.IsMatch, Matches);
    }

    /// <summary>Matches an event's name, <c>system:name</c>.</summary>
    public bool Matches(string eventName)
    {
        int colon = eventName.IndexOf(':');
        return Matches(eventName[..colon], eventName[(colon + 1)..]);
    }

    /// <summary>Every event of a system matches, whatever its name is.</summary>
    public bool MatchesAllOf(string system) =>
        _system is null ? _name.IsMatch(system) : _system.IsMatch(system) && _text.EndsWith(":*", StringComparison.Ordinal);

    public bool Matches(Tracepoint tracepoint) => Matches(tracepoint.System, tracepoint.Name);

    public bool Matches(string system, string name) =>
        _system is not null
            ? _system.IsMatch(system) && _name.IsMatch(name)
            : _name.IsMatch(name) || _name.IsMatch(system);
}
