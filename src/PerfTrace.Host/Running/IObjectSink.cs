namespace PerfTrace.Host.Running;

/// <summary>Takes what comes out of the last cmdlet.</summary>
internal interface IObjectSink
{
    void Write(object? value);

    /// <summary>Nothing more comes; called once, also after a stop or an error.</summary>
    void Complete();
}
