using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A text in the buffer: written into <c>trace_marker</c> by a program, or by trace_printk() in the kernel.</summary>
public sealed class TraceMarker : TraceRecord
{
    /// <summary>The function through which <c>trace_marker</c> writes.</summary>
    private const string FromUserSpace = "tracing_mark_write";

    internal TraceMarker(ref readonly EventEnvelope envelope, string eventName, string? function, string text, string message)
        : base(in envelope)
    {
        EventName = eventName;
        Function = function;
        Text = text;
        Message = message;
    }

    /// <summary><c>ftrace:print</c>, <c>ftrace:bprint</c> or <c>ftrace:bputs</c>.</summary>
    public override string EventName { get; }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The kernel's function that wrote it.</summary>
    public string? Function { get; }

    /// <summary>A program wrote it, not the kernel.</summary>
    public bool IsFromUserSpace => Function == FromUserSpace;

    public override string Message { get; }
}
