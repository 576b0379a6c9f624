using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>Where a reader learns what a record is.</summary>
internal interface ITraceFormats
{
    /// <summary>The format of a number (<c>common_type</c>); null when there is none.</summary>
    EventFormat? Find(int id);
}
