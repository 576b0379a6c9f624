namespace PerfTrace.Perf;

/// <summary>Something that could not be counted while the rest goes on.</summary>
/// <param name="Id">A stable word for the error: <c>ProcessNotFound</c>, <c>AccessDenied</c>, <c>GroupDoesNotFit</c>, …</param>
/// <param name="Target">The event, process or control group.</param>
/// <param name="Cause">What happened and what to do.</param>
public sealed record CounterProblem(string Id, object Target, Exception Cause);
