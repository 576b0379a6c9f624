namespace PerfTrace.BpfTrace;

/// <summary>Which clock <c>nsecs()</c> reads.</summary>
internal enum ScriptClock
{
    Monotonic = 0,
    Boot = 1,
    Tai = 2,
    SwTai = 3,
}
