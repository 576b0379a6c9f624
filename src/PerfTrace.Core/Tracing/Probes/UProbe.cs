using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>A probe in a program or library: an event that fires when any process reaches an instruction of a file or returns from a function.</summary>
public sealed class UProbe : IProbe
{
    private readonly TracingDirectory _directory;
    private readonly ProbeLine _line;
    private readonly Lazy<string?> _symbol;

    private UProbe(TracingDirectory directory, ProbeLine line, string path, ulong offset, ulong? counter)
    {
        _directory = directory;
        _line = line;
        Path = path;
        Offset = offset;
        ReferenceCounterOffset = counter;
        _symbol = new Lazy<string?>(FindSymbol);
    }

    /// <summary>What <c>-Event</c> parameters take: <c>group:name</c>.</summary>
    public string Event => $"{Group}:{Name}";

    public string Group => _line.Group;

    public string Name => _line.Name;

    /// <summary>The file, as the probe was made with it.</summary>
    public string Path { get; }

    /// <summary>Where in the file, in bytes.</summary>
    public ulong Offset { get; }

    /// <summary>Where in the file the counter is that says whether anybody listens (a USDT semaphore); null without.</summary>
    public ulong? ReferenceCounterOffset { get; }

    /// <summary>The function that the place is in, with an offset where it is not its beginning; null when the file does not tell. Looked up when first asked for.</summary>
    public string? Symbol => _symbol.Value;

    /// <summary>The place: <c>path:0xoffset</c>.</summary>
    public string Location => string.Create(CultureInfo.InvariantCulture, $"{Path}:0x{Offset:x}");

    /// <summary>It fires when the function returns.</summary>
    public bool IsReturn => _line.IsReturn;

    /// <summary>What is fetched.</summary>
    public IReadOnlyList<ProbeArgument> Arguments => _line.Arguments;

    /// <summary>How often it was hit. Read anew each time; null when the probe is gone.</summary>
    public long? Hits => ProbeProfile.Of(DynamicEvents.UProbes(_directory), "uprobe_profile", _line)?.Hits;

    /// <summary>It stays when the session that made it ends.</summary>
    public bool IsPersistent => !TraceOwner.TryParse(Group, out _, out _);

    /// <summary>The line of uprobe_events.</summary>
    public string Definition => _line.Text;

    public override string ToString() => Event;

    /// <summary>Null when the line is no uprobe's.</summary>
    internal static UProbe? Create(TracingDirectory directory, ProbeLine line)
    {
        // /usr/bin/bash:0x00000000000304a0(0x1b2c3d)
        int colon = line.Place.LastIndexOf(':');
        if (colon < 1)
            return null;
        ReadOnlySpan<char> place = line.Place.AsSpan(colon + 1);
        ulong? counter = null;
        int open = place.IndexOf('(');
        if (open > 0 && place[^1] == ')' && ProbeText.TryParseNumber(place[(open + 1)..^1], out ulong value))
        {
            counter = value;
            place = place[..open];
        }
        return ProbeText.TryParseNumber(place, out ulong offset) ? new UProbe(directory, line, line.Place[..colon], offset, counter) : null;
    }

    private string? FindSymbol()
    {
        try
        {
            using ElfFile file = ElfFile.Open(Path);
            return file.AddressOf(Offset) is { } address && SeparateDebugFile.ReadSymbols(file).Find(address) is { } symbol
                ? address == symbol.Address ? symbol.Name : string.Create(CultureInfo.InvariantCulture, $"{symbol.Name}+0x{address - symbol.Address:x}")
                : null;
        }
        catch (Exception e) when (e is ElfException or KernelException)
        {
            return null; // the file was replaced or removed since; the probe still has the one it was made with
        }
    }
}
