namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>What cmdlets did, in order; each test has its own.</summary>
public sealed class TraceJournal
{
    private static readonly AsyncLocal<TraceJournal?> s_current = new();
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public static TraceJournal Begin() => s_current.Value = new TraceJournal();

    public static TraceJournal? Current => s_current.Value;

    public string[] Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public void Add(string line)
    {
        lock (_gate)
            _lines.Add(line);
    }
}
