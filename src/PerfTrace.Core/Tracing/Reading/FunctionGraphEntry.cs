using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A call of a kernel function with its return, from the tracer <c>function_graph</c>. <see cref="TraceRecord.Timestamp"/> is when it was called.</summary>
public sealed class FunctionGraphEntry : TraceRecord
{
    private readonly FunctionName _function, _caller;

    internal FunctionGraphEntry(ref readonly EventEnvelope envelope, FunctionName function, FunctionName caller, int depth)
        : base(in envelope)
    {
        _function = function;
        _caller = caller;
        Depth = depth;
    }

    public override string EventName => "ftrace:funcgraph_entry";

    /// <summary>The function that was called; null where only its return is told, and that without a name.</summary>
    public string? Function => _function.IsEmpty ? null : _function.Name(Origin);

    /// <summary>The module of the function; null for the kernel itself.</summary>
    public string? Module => _function.IsEmpty ? null : _function.Module(Origin);

    /// <summary>The function's address; null when read from text.</summary>
    public ulong? Address => _function.Address;

    /// <summary>Where it was called from, if the kernel records that (option funcgraph-retaddr).</summary>
    public string? Caller => _caller.IsEmpty ? null : _caller.Name(Origin);

    /// <summary>How many traced functions were being called, of which it is the innermost: 0 for the outermost.</summary>
    public int Depth { get; }

    /// <summary>How long it took, with what it called; null when it had not returned when the trace ended, or its return was lost.</summary>
    public TimeSpan? Duration => DurationNanoseconds is { } ns ? TimeSpan.FromTicks((long)(ns / 100)) : null;

    /// <summary>The same in nanoseconds.</summary>
    public ulong? DurationNanoseconds { get; internal init; }

    /// <summary>The same in microseconds, as the kernel prints it.</summary>
    public double? DurationMicroseconds => DurationNanoseconds / 1000.0;

    /// <summary>It called no traced function; null when it is not known.</summary>
    public bool? IsLeaf { get; internal init; }

    /// <summary>What it returned, as far as it returned something; null where the kernel does not record it (CONFIG_FUNCTION_GRAPH_RETVAL).</summary>
    public ulong? ReturnValue { get; internal init; }

    /// <summary>
    /// What was in the registers of arguments, whether or not the function has so many; null where the kernel does not record it (option funcgraph-args, Linux 6.15).
    /// </summary>
    public IReadOnlyList<ulong>? Arguments { get; internal init; }

    /// <summary>The call as the kernel prints it, indented by its depth.</summary>
    public override string Message => $"{new string(' ', 2 * Math.Clamp(Depth, 0, 50))}{(_function.IsEmpty ? "}" : $"{_function.Text(Origin)}(){(IsLeaf == false ? " {" : ";")}")}";
}
