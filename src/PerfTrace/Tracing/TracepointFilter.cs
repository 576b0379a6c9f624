using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Matches tracepoints by <c>system:name</c>, or by either part where no colon is given.</summary>
internal sealed class TracepointFilter
{
    private readonly WildcardPattern? _system;
    private readonly WildcardPattern _name;

    private TracepointFilter(WildcardPattern? system, WildcardPattern name, bool isWildcard)
    {
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
            colon < 0 ? null : WildcardPattern.Get(text[..colon], options),
            WildcardPattern.Get(text[(colon + 1)..], options),
            WildcardPattern.ContainsWildcardCharacters(text));
    }

    public bool Matches(Tracepoint tracepoint) =>
        _system is not null
            ? _system.IsMatch(tracepoint.System) && _name.IsMatch(tracepoint.Name)
            : _name.IsMatch(tracepoint.Name) || _name.IsMatch(tracepoint.System);
}
