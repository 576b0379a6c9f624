namespace PerfTrace.BpfTrace;

/// <summary>One event that a probe is attached to, or a pattern of several.</summary>
internal sealed class AttachPoint(SourceSpan span, string raw, ProbeProvider provider) : Node(span, 0)
{
    /// <summary>As it was written.</summary>
    public string Raw { get; } = raw;

    /// <summary>Its kind.</summary>
    public ProbeProvider Provider { get; } = provider;

    /// <summary>What stands before the provider and an equals sign; null for none.</summary>
    public string? ProbeName { get; init; }

    /// <summary>
    /// The second part: the binary or library of a user probe, the category of a tracepoint, the module of a kernel function (null for any; <c>bpf</c> for a
    /// BPF program), the event of <c>software</c> and <c>hardware</c>, <c>signal</c> of <c>self</c>, the name of <c>test</c> and <c>bench</c>.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>The function, the tracepoint's event, the USDT probe, the iterator, the BPF program, the signal; null when an address stands for it.</summary>
    public string? Function { get; init; }

    /// <summary>The provider's name within a binary, of a USDT probe; null for any.</summary>
    public string? Namespace { get; init; }

    /// <summary>The language that <see cref="Function"/> is written in (<c>cpp</c>); null when it is the symbol's own name.</summary>
    public string? Language { get; init; }

    /// <summary>How far into the function.</summary>
    public ulong Offset { get; init; }

    /// <summary>The address in the kernel, the offset in the file, or what a watchpoint watches.</summary>
    public ulong? Address { get; init; }

    /// <summary>The source file, line and column (0 for none) of <c>uprobe:binary@file:line:column</c>.</summary>
    public (string File, int Line, int Column)? SourceLine { get; init; }

    /// <summary>The time between two of <c>profile</c> and <c>interval</c>; null for other providers, and when <c>hz</c> is the unit.</summary>
    public TimeSpan? Period { get; init; }

    /// <summary>How often in a second <c>profile</c> and <c>interval</c> fire whose unit is <c>hz</c>; null for others.</summary>
    public ulong? Frequency { get; init; }

    /// <summary>After how many events <c>software</c> and <c>hardware</c> fire; null for the default.</summary>
    public ulong? Count { get; init; }

    /// <summary>How many bytes a watchpoint watches.</summary>
    public int Length { get; init; }

    /// <summary>Of <c>r</c>, <c>w</c> and <c>x</c> what a watchpoint watches for, in that order.</summary>
    public string? Mode { get; init; }

    /// <summary>Where an iterator is pinned; null for nowhere.</summary>
    public string? Pin { get; init; }

    /// <summary>The number of the BPF program; null for any of the name.</summary>
    public ulong? ProgramId { get; init; }

    /// <summary>Whether it came of a pattern of providers: one that is there for some of them only is no error.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether <see cref="Target"/>, <see cref="Namespace"/> or <see cref="Function"/> is a pattern (<c>*</c>, <c>?</c>, <c>[…]</c>).</summary>
    public bool IsPattern => HasWildcard(Target) || HasWildcard(Namespace) || HasWildcard(Function);

    internal static bool HasWildcard(string? text) => text is not null && text.AsSpan().ContainsAny('*', '?', '[');
}
