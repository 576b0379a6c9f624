using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>What a BPF program wrote with bpf_trace_printk() (event bpf_trace:bpf_trace_printk, Linux 5.9).</summary>
public sealed class BpfPrintk : TraceRecord
{
    internal const string Name = "bpf_trace:bpf_trace_printk";

    internal BpfPrintk(ref readonly EventEnvelope envelope, string text)
        : base(in envelope) => Text = text;

    public override string EventName => Name;

    /// <summary>The text, without the line break at its end.</summary>
    public string Text { get; }

    public override string Message => Text;
}
