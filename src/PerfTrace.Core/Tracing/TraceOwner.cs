using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// The process that something in tracefs or bpffs belongs to, as its name tells: <c>perftrace_PID_START_…</c>. A process id is used again
/// one day; together with the start time it is not.
/// </summary>
/// <param name="ProcessId">The process, as its own PID namespace numbers it.</param>
/// <param name="StartTime">When it started: clock ticks since the boot, field 22 of /proc/PID/stat (proc_pid_stat(5)).</param>
public sealed record TraceOwner(int ProcessId, ulong StartTime)
{
    private const string Word = "perftrace_";

    private static readonly Lazy<TraceOwner> Self = new(static () =>
        new TraceOwner(Environment.ProcessId, ProcessFacts.StartTimeOf(SystemPaths.Default, Environment.ProcessId)
            ?? throw new InvalidOperationException("/proc does not know this process.")));

    /// <summary>This process.</summary>
    public static TraceOwner Current => Self.Value;

    /// <summary>What its names begin with. Letters, digits and underscores alone: a group of kprobes may be called so.</summary>
    public string Prefix => string.Create(CultureInfo.InvariantCulture, $"{Word}{ProcessId}_{StartTime}_");

    /// <summary>The process still runs. One that only waits to be reaped does not.</summary>
    public bool IsAlive => IsAliveBy(SystemPaths.Default);

    /// <summary>The name in tracefs of something of this owner's.</summary>
    public string NameOf(string name) => Prefix + name;

    /// <summary>The name without this owner's prefix; the whole name if it is not this owner's.</summary>
    public string ShortNameOf(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    /// <summary>Takes a name apart; false if it is none that an owner made.</summary>
    /// <param name="name">A name in tracefs or bpffs.</param>
    /// <param name="owner">Who made it.</param>
    /// <param name="rest">What follows the prefix.</param>
    public static bool TryParse(string name, [NotNullWhen(true)] out TraceOwner? owner, [NotNullWhen(true)] out string? rest)
    {
        (owner, rest) = (null, null);
        if (!name.StartsWith(Word, StringComparison.Ordinal))
            return false;
        string[] parts = name[Word.Length..].Split('_', 3);
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong startTime))
        {
            return false;
        }
        (owner, rest) = (new TraceOwner(processId, startTime), parts[2]);
        return true;
    }

    public override string ToString() => $"process {ProcessId}{(IsAlive ? "" : " (ended)")}";

    internal bool IsAliveBy(SystemPaths paths) => ProcessFacts.StartTimeOf(paths, ProcessId) == StartTime;
}
