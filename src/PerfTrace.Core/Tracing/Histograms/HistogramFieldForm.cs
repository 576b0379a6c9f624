namespace PerfTrace.Tracing;

/// <summary>How the kernel shows a key or a value: the modifier behind the field's name (hist_trigger_print_key() of trace_events_hist.c).</summary>
internal enum HistogramFieldForm
{
    /// <summary>As it is: a number or a string.</summary>
    Plain,

    /// <summary><c>.hex</c></summary>
    Hex,

    /// <summary><c>.sym</c> and <c>.sym-offset</c>: an address with the function it is in.</summary>
    Symbol,

    /// <summary><c>.execname</c>: a thread's name and number.</summary>
    ThreadName,

    /// <summary><c>.syscall</c></summary>
    SystemCall,

    /// <summary><c>common_stacktrace</c>, or <c>.stacktrace</c> on a field that has one.</summary>
    Stack,

    /// <summary><c>.log2</c></summary>
    Log2,

    /// <summary><c>.buckets=N</c></summary>
    Buckets,

    /// <summary><c>.percent</c>: a value's part of the sum of all, Linux 6.2.</summary>
    Percent,

    /// <summary><c>.graph</c>: a bar, Linux 6.2.</summary>
    Graph,
}
