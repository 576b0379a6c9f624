using System.Management.Automation;

namespace PerfTrace.Host;

/// <summary>Collects what a run writes, as objects and texts.</summary>
internal sealed class RunObserver
{
    private readonly Lock _gate = new();
    private readonly List<object?> _objects = [];
    private readonly List<ErrorRecord> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _verbose = [];

    public Action<object?>? OnObject { get; init; }

    public IReadOnlyList<object?> Objects => _objects;

    public IReadOnlyList<ErrorRecord> Errors => _errors;

    public IReadOnlyList<string> Warnings => _warnings;

    public IReadOnlyList<string> Verbose => _verbose;

    public void ObjectWritten(object? value)
    {
        _objects.Add(value is PSObject { IsPropertyBag: false } wrapped ? wrapped.BaseObject : value);
        OnObject?.Invoke(_objects[^1]);
    }

    /// <summary>Errors can come from the thread that stops the run, too.</summary>
    public void ErrorWritten(ErrorRecord record)
    {
        lock (_gate)
            _errors.Add(record);
    }

    public void WarningWritten(string text) => _warnings.Add(text);

    public void VerboseWritten(string text) => _verbose.Add(text);
}
