using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A call of a kernel function, from the tracer <c>function</c>.</summary>
public sealed class FunctionEntry : TraceRecord
{
    private readonly FunctionName _function, _caller;

    internal FunctionEntry(ref readonly EventEnvelope envelope, FunctionName function, FunctionName caller)
        : base(in envelope)
    {
        _function = function;
        _caller = caller;
    }

    public override string EventName => "ftrace:function";

    /// <summary>The function that was called; an address in hexadecimal where the kernel does not tell names.</summary>
    public string Function => _function.Name(Origin);

    /// <summary>The function that called it; null when that is not told.</summary>
    public string? Caller => _caller.IsEmpty ? null : _caller.Name(Origin);

    /// <summary>The module of the function; null for the kernel itself.</summary>
    public string? Module => _function.Module(Origin);

    /// <summary>The function's address; null when read from text.</summary>
    public ulong? Address => _function.Address;

    /// <summary>Where the caller goes on; null when not told.</summary>
    public ulong? CallerAddress => _caller.Address;

    /// <summary>
    /// What was in the registers of arguments, whether or not the function has so many; null where the kernel does not record it (option func-args, Linux 6.15).
    /// </summary>
    public IReadOnlyList<ulong>? Arguments { get; internal init; }

    public override string Message => _caller.IsEmpty ? _function.Text(Origin) : $"{_function.Text(Origin)} <-{_caller.Text(Origin)}";
}
