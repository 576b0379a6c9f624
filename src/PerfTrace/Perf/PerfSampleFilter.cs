using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Which samples are wanted.</summary>
internal sealed class PerfSampleFilter
{
    private readonly WildcardPattern[] _events;
    private readonly WildcardPattern[] _commands;
    private readonly HashSet<int>? _processes, _threads, _cpus;

    public PerfSampleFilter(string[]? events, string[]? commands, int[]? processes, int[]? threads, int[]? cpus)
    {
        _events = Patterns(events);
        _commands = Patterns(commands);
        _processes = processes is null ? null : [.. processes];
        _threads = threads is null ? null : [.. threads];
        _cpus = cpus is null ? null : [.. cpus];
    }

    public bool IsWanted(PerfSample sample) =>
        IsMatch(_events, sample.EventName) && IsMatch(_commands, sample.CommandName)
        && Has(_processes, sample.ProcessId) && Has(_threads, sample.ThreadId) && Has(_cpus, sample.Cpu);

    private static bool Has(HashSet<int>? wanted, int? value) => wanted is null || (value is { } number && wanted.Contains(number));

    private static bool IsMatch(WildcardPattern[] patterns, string? text) => patterns.Length == 0 || (text is not null && Array.Exists(patterns, p => p.IsMatch(text)));

    private static WildcardPattern[] Patterns(string[]? texts) => texts is null ? [] : Array.ConvertAll(texts, static t => WildcardPattern.Get(t, WildcardOptions.IgnoreCase));
}
