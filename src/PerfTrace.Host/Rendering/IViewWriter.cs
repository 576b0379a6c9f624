namespace PerfTrace.Host.Rendering;

/// <summary>Shows a run of objects that share a view.</summary>
internal interface IViewWriter
{
    void Write(object value);

    /// <summary>The run is over; what is held back is written now.</summary>
    void Complete();
}
