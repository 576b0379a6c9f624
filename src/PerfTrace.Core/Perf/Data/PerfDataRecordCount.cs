namespace PerfTrace.Perf;

/// <summary>How many records of a kind a perf.data file has.</summary>
/// <param name="Type">The kind, by perf's name without its prefix: <c>SAMPLE</c>, <c>MMAP2</c>, <c>FINISHED_ROUND</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">What they take, as recorded (uncompressed).</param>
public sealed record PerfDataRecordCount(string Type, long Count, long Bytes);
