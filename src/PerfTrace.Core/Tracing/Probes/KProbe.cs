namespace PerfTrace.Tracing;

/// <summary>A probe in the kernel: an event that fires when a function is entered, reaches an instruction or returns.</summary>
public sealed class KProbe : IProbe
{
    private readonly TracingDirectory _directory;
    private readonly ProbeLine _line;
    private readonly KProbeLocation _location;

    internal KProbe(TracingDirectory directory, ProbeLine line)
    {
        _directory = directory;
        _line = line;
        // The kernel hides addresses early after the boot: 0x(____ptrval____).
        _location = line.Place.Contains('(', StringComparison.Ordinal) ? new KProbeLocation(null, null, 0) : KProbeLocation.Parse(line.Place);
    }

    /// <summary>What <c>-Event</c> parameters take: <c>group:name</c>.</summary>
    public string Event => $"{Group}:{Name}";

    public string Group => _line.Group;

    public string Name => _line.Name;

    /// <summary>The place: <c>[module:]function[+offset]</c>, or an address.</summary>
    public string Location => _location.ToString();

    /// <summary>The module that was asked for; null for any.</summary>
    public string? Module => _location.Module;

    /// <summary>The function; null when the place is an address.</summary>
    public string? Symbol => _location.Symbol;

    /// <summary>Bytes from the function's beginning; 0 when the place is an address.</summary>
    public ulong Offset => _location.Symbol is null ? 0 : _location.Offset;

    /// <summary>The address, when the place is one; most kernels show a hash of it instead (printk-formats.rst, %p).</summary>
    public ulong? Address => _location.Symbol is null ? _location.Offset : null;

    /// <summary>It fires when the function returns.</summary>
    public bool IsReturn => _line.IsReturn;

    /// <summary>How many calls a return probe follows at a time; null: what the kernel chooses.</summary>
    public int? MaximumActive => _line.MaximumActive;

    /// <summary>What is fetched.</summary>
    public IReadOnlyList<ProbeArgument> Arguments => _line.Arguments;

    /// <summary>How often it was hit. Read anew each time; null when the probe is gone.</summary>
    public long? Hits => Profile?.Hits;

    /// <summary>How often it was not recorded: probed within a probe, or more calls under way than MaximumActive. Read anew each time; null when the probe is gone.</summary>
    public long? Misses => Profile?.Misses;

    /// <summary>It stays when the session that made it ends.</summary>
    public bool IsPersistent => !TraceOwner.TryParse(Group, out _, out _);

    /// <summary>The line of kprobe_events.</summary>
    public string Definition => _line.Text;

    private (long Hits, long Misses)? Profile => ProbeProfile.Of(DynamicEvents.KProbes(_directory), "kprobe_profile", _line);

    public override string ToString() => Event;
}
