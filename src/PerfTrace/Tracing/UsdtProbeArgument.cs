using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>
/// A USDT probe as a parameter takes it: its object, or path:provider:name. PowerShell makes one from each of these; the file is read when the command runs.
/// </summary>
public sealed class UsdtProbeArgument
{
    private readonly UsdtProbe? _probe;
    private readonly string _text;

    public UsdtProbeArgument(UsdtProbe probe)
    {
        _probe = probe;
        _text = probe.ToString();
    }

    public UsdtProbeArgument(string text) => _text = text;

    public override string ToString() => _text;

    /// <summary>The places of the probe; a path is turned into a file by the caller.</summary>
    /// <exception cref="ProbeSyntaxException">The text is no name of a probe.</exception>
    /// <exception cref="ProbeNotFoundException">The file has no such probe.</exception>
    internal IReadOnlyList<UsdtProbe> Resolve(Func<string, string> findFile)
    {
        if (_probe is not null)
            return [_probe];
        int name = _text.LastIndexOf(':'), provider = name > 0 ? _text.LastIndexOf(':', name - 1) : -1;
        if (provider < 1 || provider + 1 == name || name + 1 == _text.Length)
            throw new ProbeSyntaxException(_text, $"'{_text}' is no USDT probe: write path:provider:name, as Get-UsdtProbe path lists them.");
        return UsdtSources.Find(findFile(_text[..provider]), _text[(provider + 1)..]);
    }
}
