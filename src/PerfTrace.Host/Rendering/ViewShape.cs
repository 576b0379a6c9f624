namespace PerfTrace.Host.Rendering;

/// <summary>The controls of a view file that the host draws.</summary>
internal enum ViewShape
{
    Table,
    List,
    /// <summary>The text of the object itself: a custom control of nothing but that.</summary>
    Text,
}
