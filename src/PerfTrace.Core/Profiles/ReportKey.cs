using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>One of the things that a report groups samples by.</summary>
public sealed class ReportKey
{
    private readonly Func<PerfSample, object?>? _value;

    private ReportKey(ReportKeyKind kind, string name, Func<PerfSample, object?>? value = null)
    {
        Kind = kind;
        Name = name;
        _value = value;
    }

    public ReportKeyKind Kind { get; }

    /// <summary>What the user called it.</summary>
    public string Name { get; }

    /// <summary>The key is of the frames of a sample, not of the sample.</summary>
    public bool IsOfFrames => Kind is ReportKeyKind.Module or ReportKeyKind.Symbol or ReportKeyKind.SourceLine;

    /// <summary>For a key by name that is no kind: whether a sample had such a field.</summary>
    public bool IsFound { get; private set; } = true;

    public static ReportKey Of(ReportKeyKind kind) => new(kind, kind.ToString());

    /// <summary>A kind by its name, or else a field of the samples' tracepoints.</summary>
    public static ReportKey Parse(string name)
    {
        if (Enum.TryParse(name, ignoreCase: true, out ReportKeyKind kind) && kind != ReportKeyKind.Value && char.IsLetter(name[0]))
            return Of(kind);
        var fields = new EventFieldGetter(name);
        ReportKey? key = null;
        key = new ReportKey(ReportKeyKind.Value, name, sample =>
        {
            object? value = fields.Get(sample.TraceEvent, out bool isThere);
            key!.IsFound |= isThere;
            return value;
        })
        { IsFound = false };
        return key;
    }

    /// <summary>What a function says of each sample.</summary>
    public static ReportKey Computed(string name, Func<PerfSample, object?> value) => new(ReportKeyKind.Value, name, value);

    internal object? Of(PerfSample sample) => Kind switch
    {
        ReportKeyKind.Command => sample.CommandName,
        ReportKeyKind.Process => sample.ProcessId,
        ReportKeyKind.Thread => sample.ThreadId,
        ReportKeyKind.Cpu => sample.Cpu,
        ReportKeyKind.Event => sample.EventName,
        ReportKeyKind.Value => _value!(sample),
        _ => null,
    };
}
