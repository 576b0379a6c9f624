namespace PerfTrace.Perf;

/// <summary>What perf calls the kinds of records (enum perf_event_type, perf_user_event_type).</summary>
internal static class PerfDataRecordNames
{
    public const uint HeaderAttribute = 64, TracingData = 66, BuildId = 67, FinishedRound = 68, AuxTrace = 71, EventUpdate = 78, HeaderFeature = 80, Compressed = 81, Compressed2 = 83, SimpleperfEventId = 32774;

    private static readonly string?[] OfKernel =
    [
        null, "MMAP", "LOST", "COMM", "EXIT", "THROTTLE", "UNTHROTTLE", "FORK", "READ", "SAMPLE", "MMAP2", "AUX", "ITRACE_START", "LOST_SAMPLES", "SWITCH",
        "SWITCH_CPU_WIDE", "NAMESPACES", "KSYMBOL", "BPF_EVENT", "CGROUP", "TEXT_POKE", "AUX_OUTPUT_HW_ID", "CALLCHAIN_DEFERRED",
    ];

    private static readonly string[] OfPerf =
    [
        "ATTR", "EVENT_TYPE", "TRACING_DATA", "BUILD_ID", "FINISHED_ROUND", "ID_INDEX", "AUXTRACE_INFO", "AUXTRACE", "AUXTRACE_ERROR", "THREAD_MAP", "CPU_MAP",
        "STAT_CONFIG", "STAT", "STAT_ROUND", "EVENT_UPDATE", "TIME_CONV", "FEATURE", "COMPRESSED", "FINISHED_INIT", "COMPRESSED2", "BPF_METADATA",
    ];

    // SIMPLE_PERF_RECORD_… of record.h of Android's simpleperf.
    private const uint FirstOfSimpleperf = 32769;

    private static readonly string[] OfSimpleperf = ["KERNEL_SYMBOL", "DSO", "SYMBOL", "SPLIT", "SPLIT_END", "EVENT_ID", "CALLCHAIN", "UNWINDING_RESULT", "TRACING_DATA", "DEBUG"];

    public static string Of(uint type) =>
        type < OfKernel.Length && OfKernel[type] is { } name ? name
        : type >= HeaderAttribute && type - HeaderAttribute < OfPerf.Length ? OfPerf[type - HeaderAttribute]
        : type >= FirstOfSimpleperf && type - FirstOfSimpleperf < OfSimpleperf.Length ? $"SIMPLEPERF_{OfSimpleperf[type - FirstOfSimpleperf]}"
        : $"UNKNOWN_{type}";
}
