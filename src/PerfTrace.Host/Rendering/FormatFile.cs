namespace PerfTrace.Host.Rendering;

/// <summary>The views of a <c>.Format.ps1xml</c> file, and what in it only PowerShell can show.</summary>
internal sealed record FormatFile(IReadOnlyList<FormatView> Views, IReadOnlyList<string> Unsupported);
